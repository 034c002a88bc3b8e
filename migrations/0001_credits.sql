CREATE TYPE "public"."rule_kind" AS ENUM('allowance', 'budget', 'cap', 'block', 'pause');--> statement-breakpoint
ALTER TYPE "public"."line_kind" ADD VALUE 'correct';--> statement-breakpoint
CREATE TABLE "alarms" (
	"key" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"facts" jsonb NOT NULL,
	"raised_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"told_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"guild_id" text,
	"facts" jsonb NOT NULL,
	"reason" text,
	"source" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"subject" text NOT NULL,
	"kind" "rule_kind" NOT NULL,
	"credits" integer,
	"reason" text,
	"actor" text NOT NULL,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rules_subject_kind_pk" PRIMARY KEY("subject","kind"),
	CONSTRAINT "credits_not_negative" CHECK (credits >= 0),
	CONSTRAINT "credits_where_needed" CHECK (kind not in ('allowance', 'cap') or credits is not null)
);
--> statement-breakpoint
ALTER TABLE "ledger" DROP CONSTRAINT "amount_sign";--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "allowance" integer;--> statement-breakpoint
CREATE INDEX "alarms_to_tell" ON "alarms" USING btree ("due_at") WHERE told_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_once_per_source" ON "audit" USING btree ("source","action","subject");--> statement-breakpoint
CREATE INDEX "audit_of_guild" ON "audit" USING btree ("guild_id","id");--> statement-breakpoint
CREATE INDEX "accounts_of_purse" ON "accounts" USING btree ("purse");--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "amount_sign" CHECK (amount > 0 or kind not in ('hold', 'settle', 'release', 'writeoff', 'grant', 'revoke'));