import type { Page } from 'playwright-core';

/** What a participant does from the study's page to the provider's, and back. */

export interface ConnectWish {
  readonly providerID: number;
  /** In a window of its own unless told. */
  readonly where?: 'popup' | 'here';
  /** The SDK's `standaloneModeFinalRedirectPath`. */
  readonly returnTo?: string;
}

/** Clicks the study's button. Gives the page on which it goes on: the new window, or the same tab. */
export async function clickConnect(tab: Page, { providerID, where = 'popup', returnTo = '' }: ConnectWish) {
  await tab.fill('#number', String(providerID));
  await tab.fill('#returnTo', returnTo);
  if (where === 'here') {
    await tab.click('#connectHere');
    return tab;
  }
  const [popup] = await Promise.all([tab.waitForEvent('popup'), tab.click('#connectInPopup')]);
  return popup;
}

/** Waits for the start page to have proved the verifier, and goes on to the provider's page. */
export async function goOn(page: Page): Promise<void> {
  await page.click('#continue');
  await page.waitForSelector('[name=decision]');
}

export interface Decision {
  readonly decision?: 'allow' | 'deny';
  /** Which of the people with a login there; the first unless told. */
  readonly person?: number;
  /** Boxes that she clears. */
  readonly untick?: readonly string[];
}

/** Decides on the consent page of a sandbox, or of the honest server: both have the same fields. */
export async function decide(page: Page, choice: Decision = {}): Promise<void> {
  const { decision = 'allow', person = 0, untick = [] } = choice;
  await page.locator('[name=person]').nth(person).check();
  for (const scope of untick) await page.uncheck(`[name=scope][value="${scope}"]`);
  await page.click(`[name=decision][value=${decision}]`);
}

/**
 * The address at which a redirect to this one ends: with a fragment of its own, so that it inherits none of the
 * provider's.
 */
export function redirectTo(address: string): string {
  return address.includes('#') ? address : `${address}#`;
}
