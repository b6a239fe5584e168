import { TLSSocket } from 'node:tls'
import type { CallerCheck } from './caller-check.ts'

/** The caller's certificate was signed by a CA that the server asks for, and has one of these names. */
export function certificateCheck(names: readonly string[]): CallerCheck {
  const accepted = new Set<unknown>(names)
  return {
    proof: 'certificate',
    holds: ({ socket }) =>
      socket instanceof TLSSocket && socket.authorized && namesOf(socket).some((name) => accepted.has(name)),
  }
}

function namesOf(socket: TLSSocket): readonly unknown[] {
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  // Of several common names Node makes a list.
  return [subject.CN as unknown, alternativeNames(subjectaltname)].flat()
}

const typed = /^(?:DNS|URI):(.*)$/

/** Node quotes a name that holds a comma or a quote (CVE-2021-44532), so that it cannot pose as two. None of ours needs that. */
function alternativeNames(text: string): readonly string[] {
  if (text.includes('"')) return []
  return text.split(', ').flatMap((entry) => typed.exec(entry)?.[1] ?? [])
}
