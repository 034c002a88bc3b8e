import { z } from 'zod';
import { snowflake } from './fields.ts';

export const recipient = z.strictObject({ recipient_id: snowflake });
