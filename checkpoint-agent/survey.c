/*
 * survey - see survey.h.
 */
#include "checkpoint-agent/survey.h"

#include "checkpoint-agent/freeze.h"
#include "checkpoint-agent/process.h"
#include "checkpoint-agent/resolve/kin.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX     (16u << 20)
#define PROC_TEXT_MAX (4u << 20)

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

/* Its image, where only the store of podman or CRI-O knows it. */
static int find_layers(
	struct survey *s, const struct target *t, int host_root, struct err *e)
{
	int found = overlay_parse(s->mountinfo, &s->arena, &s->layers, e);

	if (found < 0)
		return -1;
	/* where a user's layers lie is that user's word alone */
	s->has_layers = found == 1 && t->owner_uid == 0;
	if (s->has_layers)
		storage_find(host_root, s->layers.upper, t->id, &s->arena,
			&s->image);
	return 0;
}

static int find_external(
	struct survey *s, const struct target *t, struct err *e)
{
	struct process_finder finder = {.pid = t->pid, .arena = &s->arena};
	struct external_facts facts = {.mountinfo = s->mountinfo,
		.cgroup = s->cgroup,
		.is_crun = strcmp(t->runtime, "crun") == 0,
		.is_rootless = t->owner_uid != 0,
		.find = process_find,
		.context = &finder};

	if (process_namespace(t->pid, "net", &facts.net_inode, e) < 0)
		return -1;
	if (process_namespace(t->pid, "pid", &facts.pid_inode, e) < 0)
		return -1;
	return external_list(&t->spec, &facts, &s->arena, &s->external, e);
}

static int find_freezer(struct survey *s, const struct target *t,
	const char *host_path, struct err *e)
{
	struct buf path = buf_fixed(s->freezer, sizeof(s->freezer));

	/* others may be in the groups of a user who may not make any */
	if (t->owner_uid && !kin_is_in_cgroup(t->pid, str_of(t->id)))
		return 0;
	if (freeze_find(t->pid, host_path, &path, &s->was_frozen, e) < 0)
		return err_at(e, "freezer");
	buf_cstr(&path);
	return path.full ? err_kind(e, ERR_LIMIT, "freezer: path too long") : 0;
}

const char *survey_freezer(const struct survey *s)
{
	return s->freezer[0] ? s->freezer : NULL;
}

int survey_make(struct survey *s, const struct target *t, int host_root,
	const char *host_path, struct err *e)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena_make(ARENA_MAX);
	if (read_text(s, t, "mountinfo", &s->mountinfo, e) < 0 ||
		read_text(s, t, "cgroup", &s->cgroup, e) < 0)
		return -1;
	if (find_layers(s, t, host_root, e) < 0)
		return -1;
	if (find_external(s, t, e) < 0)
		return -1;
	return find_freezer(s, t, host_path, e);
}

void survey_free(struct survey *s)
{
	arena_free(&s->arena);
}
