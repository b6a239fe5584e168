import type { Subject } from '../../../api/subject.ts'
import type { Reader } from '../read/reader.ts'

/** Reads a subject of kudo. Undefined, and a note, if kudo never matches its kind. */
export function plainSubject(subject: Reader, did: 'asked' | 'reviewed'): readonly Subject[] {
  const [kind, name] = [subject.need('kind'), subject.need('name')]
  for (const field of ['apiGroup', 'namespace']) {
    if (subject.text(field) !== undefined) subject.tell(field, { effect: 'Ignored', why: 'kudo does not read it' })
  }
  if (kind === 'Group' && name === 'system:authenticated') {
    subject.tell('name', { effect: 'Differs', why: 'in Sallyport this group names no service accounts' })
  }
  if (kind === 'User' || kind === 'Group') return [{ kind, name }]
  subject.tellWhole({
    effect: 'NoEqual',
    why: `kudo matches only User and Group, so it never ${did}`,
    remedy: 'If it is to do so now, add it to the template',
  })
  return []
}
