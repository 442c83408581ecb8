/** How a journey can end. */
export type JourneyOutcome = 'connected' | keyof typeof endings;

/** Names that a sentence may hold; both are shown to participants anyway. */
export interface EndingNames {
  readonly provider: string;
  readonly study: string;
}

interface Ending {
  readonly title: string;
  /** What happened and what to do, for somebody who has never heard of OAuth. */
  readonly sentence: (names: EndingNames) => string;
  /** Whether she may try again from the page that tells it, without going back to the study first. */
  readonly again?: true;
}

const nothingConnected = 'Nothing was connected, and no data were shared.';

/** Every end that is not a connection, in words for participants. */
export const endings = {
  declined: {
    title: 'You chose not to share',
    again: true,
    sentence: ({ provider }) =>
      `You did not agree to share data from ${provider}. ${nothingConnected} You can connect it later if you change your mind.`,
  },
  cancelled: {
    title: 'You stopped here',
    again: true,
    sentence: ({ provider }) => `You did not go on to ${provider}. ${nothingConnected}`,
  },
  expired: {
    title: 'This took too long',
    again: true,
    sentence: ({ study }) =>
      `For your safety, connecting has to be finished within ten minutes. ${nothingConnected} Try again, or go back to ${study}.`,
  },
  interrupted: {
    title: 'Something came in between',
    again: true,
    sentence: ({ provider, study }) =>
      `Connecting ${provider} was interrupted. ${nothingConnected} Try again, or go back to ${study}.`,
  },
  'other-browser': {
    title: 'This belongs to another browser',
    sentence: ({ study }) =>
      `Connecting was started in another browser or on another device, and can only be finished there. ${nothingConnected} Go back to ${study} and start again.`,
  },
  'wrong-verifier': {
    title: 'This page was not opened by your study',
    sentence: ({ study }) =>
      `This address works only when ${study} opens it for you. If somebody sent it to you, close this page. ${nothingConnected}`,
  },
  'provider-unavailable': {
    title: 'The other side does not answer',
    again: true,
    sentence: ({ provider }) =>
      `${provider} has a problem at the moment. ${nothingConnected} Please try again in some minutes.`,
  },
  'provider-failed': {
    title: 'That did not work',
    again: true,
    sentence: ({ provider, study }) =>
      `${provider} could not complete the connection. ${nothingConnected} Try again. If it happens again, go back to ${study} and tell the study team.`,
  },
  'set-up-broken': {
    title: 'Your study has to repair something',
    sentence: ({ provider }) =>
      `${provider} does not accept your study at the moment. That is not your fault. ${nothingConnected} Please tell the study team.`,
  },
  'wrong-issuer': {
    title: 'We stopped for your safety',
    sentence: ({ provider, study }) =>
      `The answer did not come from ${provider}. ${nothingConnected} Go back to ${study} and start again. If it happens again, tell the study team.`,
  },
  'nothing-granted': {
    title: 'Nothing was selected',
    again: true,
    sentence: ({ provider, study }) =>
      `You did not select any data to share on the page of ${provider}, so there is nothing to connect. Try again if you want to share some, or go back to ${study}.`,
  },
  'scope-missing': {
    title: 'Something that is needed is missing',
    again: true,
    sentence: ({ provider, study }) =>
      `You did not select everything on the page of ${provider} that ${study} cannot do without. ${nothingConnected} Try again and leave selected what is named here, or go back to ${study}.`,
  },
  'consent-missing': {
    title: 'Something is missing in your account',
    again: true,
    sentence: ({ provider, study }) =>
      `${provider} wants you to agree to something in your account there first. ${nothingConnected} Sign in at ${provider}, look for open consents, then try again, or go back to ${study}.`,
  },
  'no-patient': {
    title: 'No health record was chosen',
    again: true,
    sentence: ({ provider, study }) =>
      `${provider} did not tell which health record is yours. ${nothingConnected} Try again, or go back to ${study}. If it happens again, ask ${provider} whether your record can be shared.`,
  },
  'user-taken': {
    title: 'This account cannot be connected',
    sentence: ({ provider, study }) =>
      `The account that you signed in with at ${provider} is in use in ${study} already. ${nothingConnected} If it is yours, please tell the study team.`,
  },
  'another-user': {
    title: 'This is a different account',
    again: true,
    sentence: ({ provider, study }) =>
      `You signed in at ${provider} with another account than the one that is connected. What is connected stays as it is. Sign out at ${provider} and try again, or delete the old connection in ${study} first.`,
  },
  'connected-elsewhere': {
    title: 'This is connected already',
    sentence: ({ provider }) =>
      `You have connected ${provider} already, in its newer form or under another name of the same organisation. You need not do anything.`,
  },
  'not-offered': {
    title: 'This connection is closed',
    sentence: ({ provider, study }) =>
      `${provider} cannot be connected at the moment. ${nothingConnected} Go back to ${study} to see why.`,
  },
  // Shown and never stored: the journey goes on.
  unmatched: {
    title: 'Nothing was connected',
    sentence: ({ provider, study }) =>
      `What came back from ${provider} does not say to what it belongs. ${nothingConnected} Go back to ${study} and start again.`,
  },
  'account-deleted': {
    title: 'This connection was deleted',
    sentence: ({ provider, study }) =>
      `The connection with ${provider} was deleted while you were connecting it. ${nothingConnected} Go back to ${study} and start again if you want to connect it.`,
  },
} as const satisfies Record<string, Ending>;

/** Whether a journey that ended so may be followed by another one from the page of its end. */
export function mayTryAgain(outcome: JourneyOutcome): boolean {
  if (outcome === 'connected') return true;
  const { again }: Ending = endings[outcome];
  return again === true;
}

/** Ends that belong to no journey, or to none that this browser may see. */
export const strangerEndings = {
  unknown: {
    title: 'This address does not work any more',
    sentence: 'It can be used once and only for ten minutes. Go back to your study and start again.',
  },
  unmatched: {
    title: 'Nothing was connected',
    sentence:
      'What came back from the other side does not say to what it belongs. Go back to your study and start again.',
  },
  'other-browser': {
    title: 'This belongs to another browser',
    sentence:
      'Connecting was started in another browser or on another device, and can only be finished there. Go back to your study and start again.',
  },
  elsewhere: {
    title: 'Open this from your study',
    sentence:
      'This address works only when a page of your study opens it for you. If somebody sent it to you, close this page: data must not be connected for another person. Otherwise go back to your study and start again.',
  },
} as const;
