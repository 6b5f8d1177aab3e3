/*
 * survey - read the texts of /proc/PID once and hand them to their parsers.
 *
 * Layers are those of the node's mount table (overlay.h).  A container whose
 * root is not mounted there counts as having none: where they lie would be
 * its own word, or that of the user whose container it is.
 */
#include "checkpoint-agent/preflight/survey.h"

#include "checkpoint-agent/node/belongs.h"
#include "checkpoint-agent/node/freezer.h"
#include "checkpoint-agent/node/hostfs.h"
#include "checkpoint-agent/node/process.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <string.h>

#define ARENA_MAX     (16u << 20)
#define PROC_TEXT_MAX (4u << 20)

/* A node with a thousand overlays of a hundred layers. */
#define MOUNT_TABLE_MAX (64u << 20)

static int read_text(struct survey *s, const struct target *t, const char *name,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(PROC_TEXT_MAX);
	char *copy;

	if (process_read(t->pid, name, &text, e) < 0)
		return -1;
	copy = arena_copy(&s->arena, buf_view(&text));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "%s: too large", name);
	*out = (struct str){copy, text.n};
	return 0;
}

/* A layer that cannot be opened is found out while the container runs. */
static int check_layers(const struct survey *s,
	const struct resolve_place *place, struct err *e)
{
	const struct overlay *l = &s->layers;

	for (size_t i = 0; i <= l->lower_count; i++) {
		const char *dir = i ? l->lower[i - 1] : l->upper;
		AUTO_FD int fd = -1;

		if (hostfs_open(
			    place->root, dir, O_PATH | O_DIRECTORY, &fd, e) < 0)
			return err_at(e,
				"overlay at %s: %s of the root file system",
				l->at, i ? "lower layer" : "upper directory");
	}
	return 0;
}

/* And the container image, where only containers/storage knows it. */
static int take_layers(struct survey *s, const struct target *t,
	const struct resolve_place *place, struct err *e)
{
	AUTO_BUF struct buf table = buf_growing(MOUNT_TABLE_MAX);
	char device[32], path[64];
	int found;

	found = overlay_device(t->pid, device, e);
	if (found <= 0) {
		s->why_no_layers = "the root file system is no overlay";
		return found;
	}
	if (file_read(hostfs_mount_table(place->root_path, path), &table, e) <
		0)
		return err_at(e, "mounts of the node");
	found = overlay_find(
		buf_view(&table), str_of(device), &s->arena, &s->layers, e);
	if (found == 0)
		s->why_no_layers =
			"the root file system is no writable overlay that the "
			"node has mounted";
	if (found <= 0)
		return found;
	storage_find(place->root, s->layers.upper, t->id, &s->arena, &s->image);
	return check_layers(s, place, e);
}

static int find_layers(struct survey *s, const struct target *t,
	const struct resolve_place *place, struct err *e)
{
	if (!t->owner_uid)
		return take_layers(s, t, place, e);
	s->why_no_layers = "where the layers of a user's container lie is "
			   "only that user's word";
	return 0;
}

const struct overlay *survey_layers(const struct survey *s)
{
	return s->why_no_layers ? NULL : &s->layers;
}

static int find_external(
	struct survey *s, const struct target *t, struct err *e)
{
	struct process_finder finder = {.pid = t->pid, .arena = &s->arena};
	struct external_facts facts = {.mountinfo = s->mountinfo,
		.cgroup = s->cgroup,
		.is_crun = strcmp(t->runtime, "crun") == 0,
		.is_rootless = t->owner_uid != 0,
		.find = process_find_path,
		.context = &finder};

	if (process_namespace(t->pid, "net", &facts.net_inode, e) < 0)
		return -1;
	if (process_namespace(t->pid, "pid", &facts.pid_inode, e) < 0)
		return -1;
	return external_list(&t->spec, &facts, &s->arena, &s->external, e);
}

int survey_find_freezer(const struct target *t,
	const struct resolve_place *place, struct freezer *f, struct err *e)
{
	*f = (struct freezer){.was_frozen = false};
	if (t->owner_uid && !belongs_to_cgroup(t->pid, str_of(t->id)))
		return 0;
	return freezer_find(t->pid, str_of(t->cgroup), place->root_path, f, e);
}

const char *survey_freezer(const struct survey *s)
{
	return s->freezer.path[0] ? s->freezer.path : NULL;
}

int survey_make(struct survey *s, const struct target *t,
	const struct resolve_place *place, const struct freezer *freezer,
	struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena_make(ARENA_MAX);
	if (read_text(s, t, "mountinfo", &s->mountinfo, e) < 0 ||
		read_text(s, t, "cgroup", &s->cgroup, e) < 0)
		return -1;
	if (find_layers(s, t, place, e) < 0)
		return -1;
	if (find_external(s, t, e) < 0)
		return -1;
	if (!freezer)
		return survey_find_freezer(t, place, &s->freezer, e);
	s->freezer = *freezer;
	return 0;
}

void survey_free(struct survey *s)
{
	arena_free(&s->arena);
}
