import { guardDriver } from '#src/store/driver-guard.ts';
import { describeLastError } from './log.ts';

describeLastError();
// Before anything imports the driver, as in main.ts.
guardDriver();
await import('./books-run.ts');
