export function officialChecks(_enabled: boolean): (route: string, method: string, body: unknown) => void {
  return () => undefined;
}
