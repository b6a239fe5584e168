import { expect, test } from '@jest/globals'
import { sharedLibraries } from '../../../../scripts/image/shared-libraries.ts'

test('the libraries and the loader are found, and not what the kernel brings', () => {
  const printed = `	linux-vdso.so.1 (0x00007fe9315ca000)
	libstdc++.so.6 => /lib/x86_64-linux-gnu/libstdc++.so.6 (0x00007fe931200000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fe93101e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007fe9315cc000)
`

  expect(sharedLibraries('/bin/node', printed)).toEqual([
    '/lib/x86_64-linux-gnu/libstdc++.so.6',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ])
})

test('a library that is missing is said', () => {
  expect(() => sharedLibraries('/bin/node', '	libatomic.so.1 => not found\n')).toThrow(
    '/bin/node cannot run on this machine: libatomic.so.1 => not found',
  )
})
