/*
 * evidence_open - read what `record` and the recipes left in build/evidence.
 *
 * Directories are read in the order of their names; each events.jsonl is
 * mapped and parsed line by line in a scratch arena that is reset after each
 * line.
 *
 * Refused: lines that are not JSON or lack a field, unknown kinds of events,
 * malformed digests.
 */
#include "sbom/evidence/evidence_open.h"

#include "lib/base/json.h"
#include "sbom/evidence/evidence_index.h"
#include "sbom/evidence/mapped.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	EVIDENCE_ROOMS_MAX = 1000,
	EVIDENCE_LINE_BYTES = 64 << 20, /* of one event, parsed */
};

static const struct {
	const char *name;
	enum evidence_list list;
} evidence_lists[] = {
	{"manifest.jsonl", EVIDENCE_MANIFEST},
	{"configured.jsonl", EVIDENCE_CONFIGURED},
	{"installed.jsonl", EVIDENCE_INSTALLED},
};

/* ---- lines ---- */

/* What the lines of a file are. */
struct evidence_reader {
	struct evidence *ev;
	uint32_t room;
	bool is_events;
	enum evidence_list list;
};

static int evidence_read_line(const struct evidence_reader *r, struct str line,
	struct arena *scratch, struct err *e)
{
	const struct node *n;

	arena_reset(scratch);
	if (json_parse(line, scratch, &n, e) < 0)
		return -1;
	if (r->is_events)
		return evidence_add_event(r->ev, r->room, line, n, e);
	return evidence_add_file(r->ev, r->list, r->room, n, e);
}

static int evidence_read_lines(const struct evidence_reader *r, struct str text,
	const char *path, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(EVIDENCE_LINE_BYTES);
	unsigned number = 0;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		number++;
		if (line.n > 0 && evidence_read_line(r, line, &scratch, e) < 0)
			return err_at(e, "%s: line %u", path, number);
	}
	return 0;
}

/* A list of files; it may be missing. */
static int evidence_read_list(struct evidence *ev, uint32_t room,
	const char *path, enum evidence_list list, struct err *e)
{
	struct evidence_reader r = {.ev = ev, .room = room, .list = list};
	struct str text;
	int rc;

	if (mapped_open_optional(path, &text, e) < 0)
		return -1;
	rc = evidence_read_lines(&r, text, path, e);
	mapped_close(text);
	return rc;
}

/* ---- rooms ---- */

static int evidence_read_recipe(
	struct evidence *ev, uint32_t room, struct err *e)
{
	struct evidence_room *r = &ev->rooms[room];
	char path[EVIDENCE_PATH_BYTES];
	struct str text;
	int rc = 0;

	if (evidence_path(ev, r->name, "recipe.json", path, e) < 0 ||
		mapped_open_optional(path, &text, e) < 0)
		return -1;
	if (text.n > 0)
		rc = json_parse(text, ev->arena, &r->recipe, e);
	mapped_close(text);
	return rc < 0 ? err_at(e, "%s", path) : 0;
}

static int evidence_read_events(
	struct evidence *ev, uint32_t room, struct err *e)
{
	struct evidence_reader r = {.ev = ev, .room = room, .is_events = true};
	struct evidence_room *to = &ev->rooms[room];
	char path[EVIDENCE_PATH_BYTES];

	if (evidence_path(ev, to->name, "events.jsonl", path, e) < 0 ||
		mapped_open_optional(path, &to->events, e) < 0)
		return -1;
	return evidence_read_lines(&r, to->events, path, e);
}

static int evidence_read_room(struct evidence *ev, uint32_t room, struct err *e)
{
	struct evidence_room *to = &ev->rooms[room];
	char path[EVIDENCE_PATH_BYTES];

	for (size_t i = 0; i < sizeof(evidence_lists) / sizeof(*evidence_lists);
		i++)
		if (evidence_path(ev, to->name, evidence_lists[i].name, path,
			    e) < 0 ||
			evidence_read_list(
				ev, room, path, evidence_lists[i].list, e) < 0)
			return -1;
	if (evidence_read_recipe(ev, room, e) < 0)
		return -1;
	return evidence_read_events(ev, room, e);
}

/* Not all file systems say what a name is. */
static int evidence_may_be_room(const struct dirent *d)
{
	return d->d_name[0] != '.' &&
	       (d->d_type == DT_DIR || d->d_type == DT_UNKNOWN);
}

static bool evidence_is_room(const struct evidence *ev, const struct dirent *d)
{
	char path[EVIDENCE_PATH_BYTES];
	struct stat st;

	if (d->d_type == DT_DIR)
		return true;
	return evidence_path(ev, (struct str){0}, d->d_name, path, NULL) == 0 &&
	       stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int evidence_by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int evidence_add_rooms(
	struct evidence *ev, struct dirent **entries, size_t n, struct err *e)
{
	if (n > EVIDENCE_ROOMS_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d directories",
			EVIDENCE_ROOMS_MAX);
	ev->rooms = arena_alloc(ev->arena, (n + 1) * sizeof(*ev->rooms));
	if (ev->rooms == NULL)
		return evidence_no_memory(e);
	for (size_t i = 0; i < n; i++)
		if (evidence_is_room(ev, entries[i]) &&
			evidence_keep(ev, str_of(entries[i]->d_name),
				&ev->rooms[ev->n_rooms++].name, e) < 0)
			return -1;
	return 0;
}

static int evidence_find_rooms(
	struct evidence *ev, const char *dir, struct err *e)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, evidence_may_be_room, evidence_by_name);
	int rc;

	if (n < 0)
		return err_sys(e, "%s", dir);
	rc = evidence_add_rooms(ev, entries, (size_t)n, e);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	return rc;
}

/* ---- all of it ---- */

static int evidence_read_all(
	struct evidence *ev, const char *dir, struct err *e)
{
	char path[EVIDENCE_PATH_BYTES];

	if (evidence_find_rooms(ev, dir, e) < 0 ||
		evidence_path(ev, (struct str){0}, "toolchain.jsonl", path, e) <
			0 ||
		evidence_read_list(
			ev, UINT32_MAX, path, EVIDENCE_TOOLCHAIN, e) < 0)
		return -1;
	for (size_t i = 0; i < ev->n_rooms; i++)
		if (evidence_read_room(ev, (uint32_t)i, e) < 0)
			return -1;
	return 0;
}

int evidence_open(const char *dir, const char *root, struct arena *a,
	struct evidence *out, struct err *e)
{
	struct evidence ev = {
		.arena = a,
		.dir = str_of(arena_copy(a, str_of(dir))),
		.root = root,
		.by_output = table_make(a),
		.by_path = table_make(a),
		.by_sha256 = table_make(a),
	};

	if (ev.dir.p == NULL)
		return evidence_no_memory(e);
	if (evidence_read_all(&ev, dir, e) < 0) {
		evidence_close(&ev);
		return -1;
	}
	*out = ev;
	return 0;
}

void evidence_close(struct evidence *ev)
{
	for (size_t i = 0; i < ev->n_rooms; i++)
		mapped_close(ev->rooms[i].events);
	ev->n_rooms = 0;
}
