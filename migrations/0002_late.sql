ALTER TYPE "public"."rung" ADD VALUE 'parent' BEFORE 'dm';--> statement-breakpoint
CREATE TABLE "kept_chunks" (
	"task_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "kept_chunks_task_id_part_pk" PRIMARY KEY("task_id","part")
);
--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "parent_id" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "pending_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "shown" text;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "show_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "edit_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "kept_bytes" bigint;--> statement-breakpoint
ALTER TABLE "tasks" ADD COLUMN "kept_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "kept_chunks" ADD CONSTRAINT "kept_chunks_task_id_tasks_id_fk" FOREIGN KEY ("task_id") REFERENCES "public"."tasks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "tasks_to_show" ON "tasks" USING btree ("show_at") WHERE show_at is not null;--> statement-breakpoint
-- Videos are compressed already: no time is spent on trying again (not expressible in the schema).
ALTER TABLE "kept_chunks" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
