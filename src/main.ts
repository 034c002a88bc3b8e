import { guardDriver } from '#src/store/driver-guard.ts';
import { describeLastError } from './log.ts';

describeLastError();
// Before anything imports the driver: static imports of this file would.
guardDriver();
await import('./run.ts');
