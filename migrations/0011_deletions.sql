CREATE TABLE "deletions" (
	"user_id" text PRIMARY KEY NOT NULL,
	"asked_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "erasure_key" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"key" "bytea" DEFAULT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')) NOT NULL,
	CONSTRAINT "one_key" CHECK (id = 1)
);
--> statement-breakpoint
CREATE TABLE "remainders" (
	"hash" text NOT NULL,
	"kind" text NOT NULL,
	"purse" text DEFAULT '' NOT NULL,
	"booked_on" text DEFAULT '' NOT NULL,
	"credits" integer,
	"guild_id" text,
	"actor" text,
	"set_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "remainders_hash_kind_purse_booked_on_pk" PRIMARY KEY("hash","kind","purse","booked_on")
);
--> statement-breakpoint
CREATE INDEX "deletions_due" ON "deletions" USING btree ("due_at");