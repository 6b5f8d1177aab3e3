/*
 * inspect - see inspect.h.
 *
 * Processes come from pstree.img; core-PID.img has the command, ids-PID.img
 * the number of the table of descriptors, fdinfo-N.img that table, and
 * files.img what its entries are.  What is missing is left out.
 */
#include "checkpoint-agent/inspect.h"

#include "checkpoint-agent/memory.h"

#include <limits.h>

static void put_file(struct json_out *o, const struct content *c, uint32_t id)
{
	AUTO_BUF struct buf b = buf_growing(PATH_MAX * 2);
	struct str message = content_file(c, id);

	if (message.n == 0)
		return;
	image_put_file(&b, message);
	json_str(o, "what", buf_view(&b));
}

static void put_files(
	struct json_out *o, const struct content *c, uint32_t table)
{
	struct str rest = content_messages(c, IMAGE_FDINFO, table), message;

	json_list(o, "files");
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_fd f = image_fd(message);

		json_map(o, NULL);
		json_whole(o, "fd", f.fd);
		put_file(o, c, f.id);
		json_map_end(o);
	}
	json_list_end(o);
}

static void put_processes(struct json_out *o, const struct content *c)
{
	struct str rest = content_messages(c, IMAGE_PSTREE, 0), message;

	json_list(o, "processes");
	while (image_next(&rest, &message, NULL) == 1) {
		struct image_process p = image_process(message);

		json_map(o, NULL);
		json_whole(o, "pid", p.pid);
		json_whole(o, "parent", p.ppid);
		json_whole(o, "threads", p.threads);
		json_whole(o, "memoryBytes", (int64_t)memory_dumped(c, p.pid));
		json_str(o, "command",
			image_command(content_first(c, IMAGE_CORE, p.pid)));
		put_files(o, c,
			image_files_id(content_first(c, IMAGE_IDS, p.pid)));
		json_map_end(o);
	}
	json_list_end(o);
}

void inspect_put_container(struct json_out *o, const struct content *c)
{
	static const char *const keys[] = {"id", "name", "rootfsImageName",
		"runtime", "createdTime", "checkpointedTime"};

	json_map(o, "container");
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (node_get(c->config, keys[i]))
			json_node(o, keys[i], node_get(c->config, keys[i]));
	json_map_end(o);
}

void inspect_put_statistics(struct json_out *o, const struct content *c)
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

void inspect_put(struct json_out *o, const struct content *c)
{
	inspect_put_container(o, c);
	inspect_put_statistics(o, c);
	put_part(o, "arguments", node_path(c->spec, "process", "args", NULL));
	put_part(o, "environment", node_path(c->spec, "process", "env", NULL));
	put_part(o, "annotations", node_get(c->spec, "annotations"));
	put_part(o, "mounts", node_get(c->spec, "mounts"));
	put_part(o, "deletedFiles", c->deleted);
	put_processes(o, c);
}
