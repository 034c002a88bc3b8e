/** Discord does not take DISCORD_TOKEN: nothing works until an operator replaces it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}
