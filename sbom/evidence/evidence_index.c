/*
 * evidence_index - the tables of the evidence, filled line by line.
 *
 * An event keeps its kind, its line and the digests of its outputs; a file
 * keeps all of its fields.  Texts are copied, because the parsed line is gone
 * after each call.
 */
#include "sbom/evidence/evidence_index.h"

enum { EVIDENCE_EVENTS_MAX = 1 << 22 };

int evidence_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the evidence");
}

int evidence_keep(
	struct evidence *ev, struct str s, struct str *out, struct err *e)
{
	char *copy = arena_copy(ev->arena, s);

	*out = (struct str){copy, s.n};
	return copy == NULL ? evidence_no_memory(e) : 0;
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

/* Note that event `at` wrote this file, unless the file was gone. */
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

int evidence_add_event(struct evidence *ev, uint32_t room, struct str line,
	const struct node *n, struct err *e)
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
	events = arena_grow(ev->arena, ev->events, ev->n_events,
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

/* ---- files ---- */

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

/* Thousands of lines in a row name the same pinned file: keep it once. */
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

static int evidence_keep_member(struct evidence *ev, const struct node *n,
	const char *name, struct str *out, struct err *e)
{
	return evidence_keep(ev, node_text(node_get(n, name)), out, e);
}

static int evidence_index_file(
	struct evidence *ev, struct evidence_file f, struct err *e)
{
	uint32_t at = (uint32_t)ev->n_files;
	struct evidence_file *files = arena_grow(ev->arena, ev->files,
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

int evidence_add_file(struct evidence *ev, enum evidence_list list,
	uint32_t room, const struct node *n, struct err *e)
{
	struct evidence_file f = {.list = list, .room = room};

	if (node_text(node_get(n, "path")).n == 0 ||
		!evidence_is_sha256(node_text(node_get(n, "sha256"))))
		return err_kind(e, ERR_INPUT, "no path or no digest");
	if (evidence_keep_member(ev, n, "path", &f.path, e) < 0 ||
		evidence_keep_member(ev, n, "sha256", &f.sha256, e) < 0 ||
		evidence_keep_archive(
			ev, node_text(node_get(n, "archive")), &f, e) < 0 ||
		evidence_keep_patches(ev, node_get(n, "patches"), &f, e) < 0 ||
		evidence_keep_member(ev, n, "from", &f.from, e) < 0 ||
		evidence_keep_member(ev, n, "package", &f.package, e) < 0 ||
		evidence_keep_member(ev, n, "version", &f.version, e) < 0 ||
		evidence_keep_member(ev, n, "arch", &f.arch, e) < 0 ||
		evidence_keep_member(ev, n, "state", &f.state, e) < 0 ||
		evidence_keep_member(ev, n, "git", &f.git, e) < 0)
		return -1;
	/* no package owns it, as on a host that is not Debian */
	if (list == EVIDENCE_TOOLCHAIN && f.package.n == 0)
		f.package = f.path;
	return evidence_index_file(ev, f, e);
}
