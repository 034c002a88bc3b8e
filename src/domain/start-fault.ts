/** A start that cannot go on, for a reason that a sentence can name. The message is for the operator and holds no secret. */
export class StartFault extends Error {
  override readonly name = 'StartFault';
}
