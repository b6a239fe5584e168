import type { Match } from '../src/api/match.ts'
import { connectMatch } from './connect.ts'
import { stampGrantMatch } from './stamp-grant.ts'
import { stampRequestMatch } from './stamp-request.ts'
import { stampTemplateMatch } from './stamp-template.ts'

/** What all webhooks listen to: the webhook configurations are made from this. */
export const allMatches: readonly Match[] = [connectMatch, stampRequestMatch, stampGrantMatch, stampTemplateMatch]
