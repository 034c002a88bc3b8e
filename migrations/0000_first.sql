CREATE TYPE "public"."context" AS ENUM('guild', 'bot-dm', 'private-channel');--> statement-breakpoint
CREATE TYPE "public"."delivery" AS ENUM('none', 'pending', 'delivered', 'undeliverable');--> statement-breakpoint
CREATE TYPE "public"."line_kind" AS ENUM('hold', 'adjust', 'settle', 'release', 'writeoff', 'grant', 'revoke');--> statement-breakpoint
CREATE TYPE "public"."rung" AS ENUM('reply', 'message', 'channel', 'dm');--> statement-breakpoint
CREATE TYPE "public"."status" AS ENUM('accepted', 'submitting', 'rendering', 'uncertain', 'succeeded', 'failed', 'canceled');--> statement-breakpoint
CREATE TABLE "accounts" (
	"owner" text NOT NULL,
	"purse" text NOT NULL,
	"granted" integer DEFAULT 0 NOT NULL,
	"held" integer DEFAULT 0 NOT NULL,
	"spent" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "accounts_owner_purse_pk" PRIMARY KEY("owner","purse"),
	CONSTRAINT "held_not_negative" CHECK (held >= 0),
	CONSTRAINT "spent_not_negative" CHECK (spent >= 0),
	CONSTRAINT "granted_not_negative" CHECK (granted >= 0)
);
--> statement-breakpoint
CREATE TABLE "ledger" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"purse" text NOT NULL,
	"task_id" uuid,
	"kind" "line_kind" NOT NULL,
	"amount" integer NOT NULL,
	"source" text,
	"actor" text,
	"reason" text,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "amount_sign" CHECK (amount > 0 or kind = 'adjust')
);
--> statement-breakpoint
CREATE TABLE "pacing" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"hold_off_until" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "one_row" CHECK (id = 1)
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"user_id" text NOT NULL,
	"guild_id" text,
	"channel_id" text NOT NULL,
	"context" "context" NOT NULL,
	"locale" text NOT NULL,
	"model" text NOT NULL,
	"prompt" text NOT NULL,
	"settings" jsonb NOT NULL,
	"images" jsonb NOT NULL,
	"body" text,
	"provider_id" text,
	"status" "status" DEFAULT 'accepted' NOT NULL,
	"delivery" "delivery" DEFAULT 'none' NOT NULL,
	"rung" "rung",
	"rung_at" timestamp (3) with time zone,
	"application_id" text NOT NULL,
	"token" text,
	"token_expires_at" timestamp (3) with time zone NOT NULL,
	"message_id" text,
	"is_private" boolean DEFAULT false NOT NULL,
	"size_limit" bigint NOT NULL,
	"has_bot" boolean NOT NULL,
	"held_credits" integer NOT NULL,
	"reserved_credits" integer,
	"final_credits" integer,
	"error_code" text,
	"error_message" text,
	"result_urls" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"unsure_sends" integer DEFAULT 0 NOT NULL,
	"wake_at" timestamp (3) with time zone,
	"next_poll_at" timestamp (3) with time zone,
	"accepted_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone,
	"submitting_at" timestamp (3) with time zone,
	"first_sent_at" timestamp (3) with time zone,
	"last_sent_at" timestamp (3) with time zone,
	"rendering_at" timestamp (3) with time zone,
	"uncertain_at" timestamp (3) with time zone,
	"missing_url_at" timestamp (3) with time zone,
	"closed_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	CONSTRAINT "tasks_origin_unique" UNIQUE("origin"),
	CONSTRAINT "tasks_provider_id_unique" UNIQUE("provider_id")
);
--> statement-breakpoint
ALTER TABLE "ledger" ADD CONSTRAINT "ledger_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_once_per_task" ON "ledger" USING btree ("task_id","owner","purse","kind") WHERE kind in ('hold', 'settle', 'release', 'writeoff');--> statement-breakpoint
CREATE UNIQUE INDEX "ledger_once_per_source" ON "ledger" USING btree ("source","kind") WHERE source is not null;--> statement-breakpoint
CREATE INDEX "ledger_of_task" ON "ledger" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "ledger_of_owner" ON "ledger" USING btree ("owner","purse");--> statement-breakpoint
CREATE INDEX "tasks_to_poll" ON "tasks" USING btree ("next_poll_at") WHERE status in ('rendering', 'uncertain');--> statement-breakpoint
CREATE INDEX "tasks_to_wake" ON "tasks" USING btree ("wake_at") WHERE wake_at is not null;--> statement-breakpoint
CREATE INDEX "tasks_in_line" ON "tasks" USING btree ("user_id","accepted_at") WHERE status = 'accepted';--> statement-breakpoint
CREATE INDEX "tasks_at_provider" ON "tasks" USING btree ("user_id") WHERE status in ('submitting', 'rendering');--> statement-breakpoint
CREATE INDEX "tasks_prices" ON "tasks" USING btree ("model",md5(settings::text),"rendering_at") WHERE reserved_credits > 0;--> statement-breakpoint
CREATE INDEX "tasks_of_user" ON "tasks" USING btree ("user_id","accepted_at");--> statement-breakpoint
CREATE INDEX "tasks_with_token" ON "tasks" USING btree ("token_expires_at") WHERE token is not null;--> statement-breakpoint
-- Rows are rewritten at each poll: room in their page keeps those updates off the indexes (not expressible in the schema).
ALTER TABLE "tasks" SET (fillfactor = 70);
