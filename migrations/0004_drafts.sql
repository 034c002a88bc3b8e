CREATE TYPE "public"."draft_state" AS ENUM('open', 'generated', 'canceled', 'replaced', 'withdrawn', 'expired', 'told');--> statement-breakpoint
CREATE TABLE "drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" text NOT NULL,
	"user_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"answer_id" text,
	"state" "draft_state" NOT NULL,
	"prompt" text NOT NULL,
	"settings" jsonb NOT NULL,
	"images" jsonb NOT NULL,
	"revision" integer DEFAULT 0 NOT NULL,
	"has_allowance" boolean NOT NULL,
	"told" jsonb,
	"show_at" timestamp (3) with time zone,
	"attempt" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp (3) with time zone,
	CONSTRAINT "drafts_message_id_unique" UNIQUE("message_id")
);
--> statement-breakpoint
CREATE TABLE "members" (
	"user_id" text PRIMARY KEY NOT NULL,
	"locale" text
);
--> statement-breakpoint
CREATE UNIQUE INDEX "drafts_one_open" ON "drafts" USING btree ("user_id") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "drafts_of_user" ON "drafts" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "drafts_open" ON "drafts" USING btree ("created_at") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "drafts_to_show" ON "drafts" USING btree ("show_at") WHERE show_at is not null;--> statement-breakpoint
CREATE INDEX "drafts_closed" ON "drafts" USING btree ("closed_at") WHERE closed_at is not null;