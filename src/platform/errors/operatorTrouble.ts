/**
 * Something on this machine that whoever runs the service can mend. The message says what and how; it is shown as it
 * is, without a stack.
 */
export class OperatorTrouble extends Error {}
