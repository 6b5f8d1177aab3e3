/*
 * inspect - put an archive's documents and CRIU images into one JSON object.
 *
 * pstree.img lists the processes.  For each of them core-PID.img has the
 * command, ids-PID.img the number N of its descriptor table, fdinfo-N.img the
 * descriptors in that table, and files.img what they refer to.  Tables may be
 * shared, so the output can be larger than the images; its limit ends the work.
 */
#include "checkpoint-agent/inspect/inspect.h"

#include "checkpoint-agent/criu/img.h"
#include "checkpoint-agent/criu/img_file.h"
#include "checkpoint-agent/criu/img_task.h"
#include "checkpoint-agent/inspect/images_index.h"
#include "checkpoint-agent/inspect/pagemap.h"
#include "lib/base/whole.h"

#include <limits.h>

static void put_target(
	struct json_out *o, const struct images *c, uint32_t file)
{
	AUTO_BUF struct buf b = buf_growing(PATH_MAX * 2);
	struct str message = images_file(c, file);

	if (message.n == 0)
		return;
	img_file_put(&b, message);
	whole_pass(&b, o->b);
	json_str(o, "what", buf_view(&b));
}

static void put_descriptors(
	struct json_out *o, const struct images *c, uint32_t table)
{
	struct str rest = images_messages(c, IMG_FDINFO, table), message;

	json_list(o, "files");
	while (!o->b->full && img_next(&rest, &message, NULL) == 1) {
		struct img_fd f = img_fd(message);

		json_map(o, NULL);
		json_whole(o, "fd", f.fd);
		put_target(o, c, f.id);
		json_map_end(o);
		o->b->full |= images_index_is_spent(c);
	}
	json_list_end(o);
}

static void put_processes(struct json_out *o, const struct images *c)
{
	struct str rest = images_messages(c, IMG_PSTREE, 0), message;

	json_list(o, "processes");
	while (!o->b->full && img_next(&rest, &message, NULL) == 1) {
		struct img_process p = img_process(message);

		json_map(o, NULL);
		json_whole(o, "pid", p.pid);
		json_whole(o, "parent", p.ppid);
		json_whole(o, "threads", p.threads);
		json_whole(o, "memoryBytes", (int64_t)pagemap_dumped(c, p.pid));
		json_str(o, "command",
			img_command(images_first(c, IMG_CORE, p.pid)));
		put_descriptors(
			o, c, img_files_id(images_first(c, IMG_IDS, p.pid)));
		json_map_end(o);
	}
	json_list_end(o);
}

void inspect_put_container(struct json_out *o, const struct images *c)
{
	static const char *const keys[] = {"id", "name", "rootfsImageName",
		"runtime", "createdTime", "checkpointedTime"};

	json_map(o, "container");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (node_get(c->config, keys[i]))
			json_node(o, keys[i], node_get(c->config, keys[i]));
	json_map_end(o);
}

void inspect_put_statistics(struct json_out *o, const struct images *c)
{
	json_map(o, "statistics");
	json_whole(o, "freezingMicroseconds", (int64_t)c->stats.freezing_us);
	json_whole(o, "frozenMicroseconds", (int64_t)c->stats.frozen_us);
	if (c->predump_stats.frozen_us)
		json_whole(o, "preDumpFrozenMicroseconds",
			(int64_t)c->predump_stats.frozen_us);
	json_whole(o, "pagesScanned", (int64_t)c->stats.pages_scanned);
	json_whole(o, "pagesWritten", (int64_t)c->stats.pages_written);
	json_whole(o, "memoryBytes", (int64_t)c->memory_bytes);
	json_whole(o, "fileChangesBytes", (int64_t)c->changes_bytes);
	json_whole(o, "members", (int64_t)c->members);
	json_whole(o, "bytes", (int64_t)c->bytes);
	json_map_end(o);
}

static void put_part(
	struct json_out *o, const char *key, const struct node *part)
{
	if (part)
		json_node(o, key, part);
}

/* Bytes that are no UTF-8 are shown as U+FFFD. */
static void put_deleted(struct json_out *o, const struct images *c)
{
	struct str rest = c->deleted_paths, path;

	if (!c->deleted && !rest.n)
		return;
	json_list(o, "deletedFiles");
	for (const struct node *n = node_first(c->deleted); n; n = n->next)
		json_str(o, NULL, node_text(n));
	while (rest.n && str_cut(&rest, '\0', &path))
		json_str(o, NULL, path);
	json_list_end(o);
}

void inspect_put(struct json_out *o, const struct images *c)
{
	inspect_put_container(o, c);
	inspect_put_statistics(o, c);
	put_part(o, "arguments", node_path(c->spec, "process", "args", NULL));
	put_part(o, "environment", node_path(c->spec, "process", "env", NULL));
	put_part(o, "annotations", node_get(c->spec, "annotations"));
	put_part(o, "mounts", node_get(c->spec, "mounts"));
	put_deleted(o, c);
	put_processes(o, c);
}
