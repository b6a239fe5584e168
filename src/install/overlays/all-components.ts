import { certManager } from './cert-manager.ts'
import type { Component } from './component.ts'
import { ha } from './ha.ts'
import { monitoring } from './monitoring.ts'
import { networkPolicy } from './network-policy.ts'
import { observe } from './observe.ts'

/** The components of kustomize. manifests/overlays has each by itself, on the whole installation. */
export const allComponents: readonly Component[] = [certManager, ha, monitoring, networkPolicy, observe]
