import { TLSSocket } from 'node:tls'
import type { CallerCheck } from './caller-check.ts'

/** Accepts a certificate that was signed by a CA that the server asks for, and that has one of these names. */
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
  // Node returns a list if there are several common names.
  return [subject.CN as unknown, alternativeNames(subjectaltname)].flat()
}

const typed = /^(?:DNS|URI):(.*)$/

/**
 * Returns the alternative names of a certificate. Node quotes a name that holds a comma or a quote (CVE-2021-44532), so
 * that it cannot pose as two. Our names never need quotes.
 */
function alternativeNames(text: string): readonly string[] {
  if (text.includes('"')) return []
  return text.split(', ').flatMap((entry) => typed.exec(entry)?.[1] ?? [])
}
