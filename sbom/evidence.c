/*
 * evidence - read what `record` and the recipes left in build/evidence.
 *
 * How: directories in the order of their names; each events.jsonl is mapped
 * and walked line by line through a small arena that is emptied after each.
 * Of an event only its kind, its place and the digests of its outputs stay.
 *
 * What it refuses: lines that are no JSON or lack a field, unknown kinds of
 * events, digests that are none, a map whose bytes are not those recorded.
 */
#include "sbom/evidence.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/json.h"
#include "sbom/list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	EVIDENCE_ROOMS_MAX = 1000,
	EVIDENCE_LINE_BYTES = 64 << 20, /* of one event, parsed */
	EVIDENCE_EVENTS_MAX = 1 << 22,
	EVIDENCE_PATH_BYTES = 1024,
};

static int evidence_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the evidence");
}

/* ---- files ---- */

/* Map a whole file; the empty view for an empty one. 0 or -1. */
static int evidence_map_file(const char *path, struct str *out, struct err *e)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	*out = (struct str){0};
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open %s", path);
	if (st.st_size == 0)
		return 0;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_sys(e, "map %s", path);
	*out = (struct str){p, (size_t)st.st_size};
	return 0;
}

void evidence_unmap(struct str text)
{
	if (text.n > 0)
		munmap((void *)(uintptr_t)text.p, text.n);
}

/* As evidence_map_file(), but a file that is not there is empty. */
static int evidence_map_optional(
	const char *path, struct str *out, struct err *e)
{
	*out = (struct str){0};
	return access(path, F_OK) < 0 && errno == ENOENT
		       ? 0
		       : evidence_map_file(path, out, e);
}

/* DIR/ROOM/NAME into path[EVIDENCE_PATH_BYTES]. */
static int evidence_path(const struct evidence *ev, struct str room,
	const char *name, char *path, struct err *e)
{
	int n = snprintf(path, EVIDENCE_PATH_BYTES, "%.*s/%.*s%s%s",
		STR_ARG(ev->dir), STR_ARG(room), room.n > 0 ? "/" : "", name);

	if (n < 0 || n >= EVIDENCE_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path is too long", name);
	return 0;
}

/* ---- keeping ---- */

static int evidence_keep(
	struct evidence *ev, struct str s, struct str *out, struct err *e)
{
	char *copy = arena_copy(ev->arena, s);

	*out = (struct str){copy, s.n};
	return copy == NULL ? evidence_no_memory(e) : 0;
}

static bool evidence_is_sha256(struct str s)
{
	unsigned char digest[SHA256_BYTES];

	return s.n == SHA256_HEX && str_unhex(s, digest, sizeof(digest)) == 0;
}

/* ---- events ---- */

static int evidence_kind(struct str word, enum evidence_kind *out)
{
	static const char *const kinds[] = {
		[EVIDENCE_COMPILE] = "compile",
		[EVIDENCE_ASSEMBLE] = "assemble",
		[EVIDENCE_LINK] = "link",
		[EVIDENCE_ARCHIVE] = "archive",
		[EVIDENCE_GENERATE] = "generate",
	};

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_is(word, kinds[i])) {
			*out = (enum evidence_kind)i;
			return 0;
		}
	return -1;
}

/* Note that event `at` put out this file; files that are gone don't count. */
static int evidence_add_output(struct evidence *ev, const struct node *file,
	uint32_t at, struct err *e)
{
	const struct node *sha256 = node_get(file, "sha256");
	struct str key;

	if (node_is_null(sha256))
		return 0;
	if (!evidence_is_sha256(node_text(sha256)))
		return err_kind(e, ERR_INPUT, "output without a digest");
	if (evidence_keep(ev, node_text(sha256), &key, e) < 0)
		return -1;
	return table_add(&ev->by_output, key, at) < 0 ? evidence_no_memory(e)
						      : 0;
}

static int evidence_add_event(struct evidence *ev, uint32_t room,
	struct str line, const struct node *n, struct err *e)
{
	struct evidence_event event = {.room = room, .line = line};
	struct evidence_event *events;
	const struct node *out;
	uint32_t at = (uint32_t)ev->n_events;

	if (evidence_kind(node_text(node_get(n, "ev")), &event.kind) < 0)
		return err_kind(e, ERR_INPUT, "unknown kind of event");
	if (node_whole(node_get(n, "rc"), -1) != 0)
		return 0;
	if (ev->n_events == EVIDENCE_EVENTS_MAX)
		return err_kind(e, ERR_LIMIT, "too many events");
	events = list_room(ev->arena, ev->events, ev->n_events,
		&ev->events_room, sizeof(*events));
	if (events == NULL)
		return evidence_no_memory(e);
	ev->events = events;
	events[ev->n_events++] = event;
	out = node_get(n, "output");
	if (evidence_add_output(ev, out, at, e) < 0)
		return -1;
	for (out = node_first(node_get(n, "outputs")); out; out = out->next)
		if (evidence_add_output(ev, out, at, e) < 0)
			return -1;
	return 0;
}

/* ---- lists ---- */

static const struct {
	const char *name;
	enum evidence_list list;
} evidence_lists[] = {
	{"manifest.jsonl", EVIDENCE_MANIFEST},
	{"configured.jsonl", EVIDENCE_CONFIGURED},
	{"installed.jsonl", EVIDENCE_INSTALLED},
};

static int evidence_keep_patches(struct evidence *ev, const struct node *list,
	struct evidence_file *f, struct err *e)
{
	struct str *patches;

	if (list == NULL || list->count == 0)
		return 0;
	patches = arena_alloc(ev->arena, list->count * sizeof(*patches));
	if (patches == NULL)
		return evidence_no_memory(e);
	f->patches = patches;
	for (const struct node *c = node_first(list); c; c = c->next)
		if (evidence_keep(
			    ev, node_text(c), &patches[f->n_patches++], e) < 0)
			return -1;
	return 0;
}

/* The pinned file is the same over thousands of lines: keep it once. */
static int evidence_keep_archive(struct evidence *ev, struct str archive,
	struct evidence_file *f, struct err *e)
{
	if (ev->n_files > 0 &&
		str_eq(ev->files[ev->n_files - 1].archive, archive)) {
		f->archive = ev->files[ev->n_files - 1].archive;
		return 0;
	}
	return evidence_keep(ev, archive, &f->archive, e);
}

static int evidence_index_file(
	struct evidence *ev, struct evidence_file f, struct err *e)
{
	uint32_t at = (uint32_t)ev->n_files;
	struct evidence_file *files = list_room(ev->arena, ev->files,
		ev->n_files, &ev->files_room, sizeof(*files));

	if (files == NULL)
		return evidence_no_memory(e);
	ev->files = files;
	files[ev->n_files++] = f;
	if (table_add(&ev->by_path, f.path, at) < 0)
		return evidence_no_memory(e);
	if (f.list == EVIDENCE_MANIFEST &&
		table_add(&ev->by_sha256, f.sha256, at) < 0)
		return evidence_no_memory(e);
	return 0;
}

static int evidence_add_file(struct evidence *ev, enum evidence_list list,
	uint32_t room, const struct node *n, struct err *e)
{
	struct evidence_file f = {.list = list, .room = room};
	struct str path = node_text(node_get(n, "path"));
	struct str sha256 = node_text(node_get(n, "sha256"));

	if (path.n == 0 || !evidence_is_sha256(sha256))
		return err_kind(e, ERR_INPUT, "no path or no digest");
	if (evidence_keep(ev, path, &f.path, e) < 0 ||
		evidence_keep(ev, sha256, &f.sha256, e) < 0 ||
		evidence_keep_archive(
			ev, node_text(node_get(n, "archive")), &f, e) < 0 ||
		evidence_keep_patches(ev, node_get(n, "patches"), &f, e) < 0 ||
		evidence_keep(ev, node_text(node_get(n, "from")), &f.from, e) <
			0 ||
		evidence_keep(ev, node_text(node_get(n, "package")), &f.package,
			e) < 0 ||
		evidence_keep(ev, node_text(node_get(n, "version")), &f.version,
			e) < 0 ||
		evidence_keep(ev, node_text(node_get(n, "arch")), &f.arch, e) <
			0)
		return -1;
	/* not on Debian nobody owns it: it stands for itself */
	if (list == EVIDENCE_TOOLCHAIN && f.package.n == 0)
		f.package = f.path;
	return evidence_index_file(ev, f, e);
}

/* ---- lines ---- */

/* What a line of a file is for. */
struct evidence_reader {
	struct evidence *ev;
	uint32_t room;
	bool is_events;
	enum evidence_list list;
};

static int evidence_line(const struct evidence_reader *r, struct str line,
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

static int evidence_lines(const struct evidence_reader *r, struct str text,
	const char *path, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(EVIDENCE_LINE_BYTES);
	unsigned number = 0;
	struct str line;

	while (str_cut(&text, '\n', &line)) {
		number++;
		if (line.n > 0 && evidence_line(r, line, &scratch, e) < 0)
			return err_at(e, "%s: line %u", path, number);
	}
	return 0;
}

/* A list beside the events; it need not be there. */
static int evidence_read_list(struct evidence *ev, uint32_t room,
	const char *path, enum evidence_list list, struct err *e)
{
	struct evidence_reader r = {.ev = ev, .room = room, .list = list};
	struct str text;
	int rc;

	if (evidence_map_optional(path, &text, e) < 0)
		return -1;
	rc = evidence_lines(&r, text, path, e);
	evidence_unmap(text);
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
		evidence_map_optional(path, &text, e) < 0)
		return -1;
	if (text.n > 0)
		rc = json_parse(text, ev->arena, &r->recipe, e);
	evidence_unmap(text);
	return rc < 0 ? err_at(e, "%s", path) : 0;
}

static int evidence_read_room(struct evidence *ev, uint32_t room, struct err *e)
{
	struct evidence_reader r = {.ev = ev, .room = room, .is_events = true};
	struct evidence_room *to = &ev->rooms[room];
	char path[EVIDENCE_PATH_BYTES];

	for (size_t i = 0; i < sizeof(evidence_lists) / sizeof(*evidence_lists);
		i++)
		if (evidence_path(ev, to->name, evidence_lists[i].name, path,
			    e) < 0 ||
			evidence_read_list(
				ev, room, path, evidence_lists[i].list, e) < 0)
			return -1;
	if (evidence_read_recipe(ev, room, e) < 0 ||
		evidence_path(ev, to->name, "events.jsonl", path, e) < 0 ||
		evidence_map_optional(path, &to->events, e) < 0)
		return -1;
	return evidence_lines(&r, to->events, path, e);
}

/* Directories; where the file system does not tell, names without a dot. */
static int evidence_is_room(const struct dirent *d)
{
	if (d->d_name[0] == '.')
		return 0;
	return d->d_type == DT_DIR ||
	       (d->d_type == DT_UNKNOWN && strchr(d->d_name, '.') == NULL);
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
		if (evidence_keep(ev, str_of(entries[i]->d_name),
			    &ev->rooms[ev->n_rooms++].name, e) < 0)
			return -1;
	return 0;
}

static int evidence_find_rooms(
	struct evidence *ev, const char *dir, struct err *e)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, evidence_is_room, evidence_by_name);
	int rc;

	if (n < 0)
		return err_sys(e, "%s", dir);
	rc = evidence_add_rooms(ev, entries, (size_t)n, e);
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	return rc;
}

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

int evidence_open(
	const char *dir, struct arena *a, struct evidence *out, struct err *e)
{
	struct evidence ev = {
		.arena = a,
		.dir = str_of(arena_copy(a, str_of(dir))),
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
		evidence_unmap(ev->rooms[i].events);
	ev->n_rooms = 0;
}

/* ---- asking ---- */

struct evidence_made evidence_made(const struct node *file)
{
	return (struct evidence_made){
		.path = node_text(node_get(file, "path")),
		.sha256 = node_text(node_get(file, "sha256")),
	};
}

int evidence_read(const struct evidence *ev, uint32_t event, struct arena *a,
	const struct node **out, struct err *e)
{
	return json_parse(ev->events[event].line, a, out, e);
}

const struct evidence_file *evidence_file(const struct evidence *ev,
	enum evidence_list list, struct str path, struct str sha256)
{
	const struct table_entry *t = table_find(&ev->by_path, path);

	for (; t != NULL; t = table_next(&ev->by_path, t)) {
		const struct evidence_file *f = &ev->files[t->value];

		if (f->list == list && str_eq(f->sha256, sha256))
			return f;
	}
	return NULL;
}

const struct evidence_file *evidence_host(
	const struct evidence *ev, struct str path)
{
	const struct table_entry *t = table_find(&ev->by_path, path);

	for (; t != NULL; t = table_next(&ev->by_path, t))
		if (ev->files[t->value].list == EVIDENCE_TOOLCHAIN)
			return &ev->files[t->value];
	return NULL;
}

const struct evidence_file *evidence_copy(
	const struct evidence *ev, uint32_t room, struct str sha256)
{
	const struct table_entry *t = table_find(&ev->by_sha256, sha256);

	for (; t != NULL; t = table_next(&ev->by_sha256, t))
		if (ev->files[t->value].room == room)
			return &ev->files[t->value];
	return NULL;
}

int64_t evidence_room_of(const struct evidence *ev, struct str path)
{
	const struct str work = STR("build/work/");
	struct str name;

	if (!str_has_prefix(path, work))
		return -1;
	name = str_sub(path, work.n, path.n);
	name = str_sub(name, 0, str_find(name, '/'));
	for (size_t i = 0; i < ev->n_rooms; i++)
		if (str_eq(ev->rooms[i].name, name))
			return (int64_t)i;
	return -1;
}

int evidence_map(const struct evidence *ev, uint32_t room, struct str sha256,
	struct str *out, struct err *e)
{
	char path[EVIDENCE_PATH_BYTES], name[SHA256_HEX + 16],
		hex[SHA256_HEX + 1];

	if (!evidence_is_sha256(sha256))
		return err_kind(e, ERR_INPUT, "link without a map");
	snprintf(name, sizeof(name), "maps/%.*s.map", STR_ARG(sha256));
	if (evidence_path(ev, ev->rooms[room].name, name, path, e) < 0 ||
		evidence_map_file(path, out, e) < 0)
		return -1;
	sha256_hex(*out, hex);
	if (str_is(sha256, hex))
		return 0;
	evidence_unmap(*out);
	return err_kind(
		e, ERR_INPUT, "%s was changed: it is %s now", path, hex);
}
