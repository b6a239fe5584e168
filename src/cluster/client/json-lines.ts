const newline = 0x0a

/**
 * Yields the lines of a stream of bytes, without the newline.
 *
 * Bytes are joined before they are decoded: a chunk may end inside a UTF-8 sequence, while 0x0A is never part of one. A
 * line of megabytes comes in hundreds of chunks. So chunks are joined once for each line.
 * @throws SyntaxError if the stream ends within a line
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let begun: Uint8Array[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      begun.push(chunk.subarray(start, end))
      yield Buffer.concat(begun).toString('utf8')
      begun = []
      start = end + 1
    }
    if (start < chunk.length) begun.push(chunk.subarray(start))
  }
  if (begun.length > 0) throw new SyntaxError('the stream ended within a line')
}
