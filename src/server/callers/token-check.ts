import { readFileSync } from 'node:fs'
import type { CallerCheck } from './caller-check.ts'
import { isOneOf } from './is-one-of.ts'

const bearer = /^Bearer +(\S+)$/i
// 32 characters of base64 are 192 random bits.
const leastCharacters = 32

type TokensResult =
  { readonly ok: true; readonly value: readonly string[] } | { readonly ok: false; readonly problem: string }

/** Reads a file of tokens, one a line, or says what is wrong with it. The problem does not quote a token. */
export function readTokens(file: string): TokensResult {
  try {
    const tokens = readFileSync(file, 'utf8').split(/\s+/).filter(Boolean)
    if (tokens.length === 0) return { ok: false, problem: `${file} holds no token` }
    const isShort = tokens.some((token) => token.length < leastCharacters)
    return isShort
      ? { ok: false, problem: `${file} holds a token shorter than ${leastCharacters} characters: openssl rand -hex 32` }
      : { ok: true, value: tokens }
  } catch (error) {
    return { ok: false, problem: `${file} cannot be read: ${String(error)}` }
  }
}

/** Accepts a call with one of the bearer tokens that count now. */
export function tokenCheck(tokens: () => readonly string[]): CallerCheck {
  return {
    proof: 'token',
    holds: ({ headers: { authorization = '' } }) => isOneOf(bearer.exec(authorization)?.[1] ?? '', tokens()),
  }
}
