import { BlockList, isIPv6 } from 'node:net'
import type { AddressRange } from '../../api/config/address-range.ts'
import type { CallerCheck } from './caller-check.ts'

/** Accepts calls from these addresses. An IPv4 address on an IPv6 socket (`::ffff:10.0.0.1`) is the IPv4 address. */
export function addressCheck(ranges: readonly AddressRange[]): CallerCheck {
  const list = new BlockList()
  for (const { address, prefix, family } of ranges) list.addSubnet(address, prefix, family)
  return {
    proof: 'address',
    holds: ({ socket: { remoteAddress } }) =>
      remoteAddress !== undefined && list.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4'),
  }
}
