/*
 * unseen - of each file that is new, look at the first bytes; what is ELF or
 * an archive must be the output of an event, wherever it was copied to.
 *
 * A compiler that was called by its absolute path still finds our assembler on
 * PATH: its assembly then comes from nowhere.
 */
#include "static-build/outside/unseen.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"
#include "sbom/evidence/evidence_open.h"
#include "sbom/evidence/maker.h"
#include "static-build/outside/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define UNSEEN_ARENA_MAX ((size_t)2 << 30)

enum { UNSEEN_SHOWN_MAX = 10 };

/* ELF, or an archive, thin or not? */
static bool unseen_is_binary(const char *path)
{
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[8];

	if (fd < 0 || read(fd, head, sizeof(head)) != sizeof(head))
		return false;
	return memcmp(head, "\177ELF", 4) == 0 ||
	       memcmp(head, "!<arch>\n", 8) == 0 ||
	       memcmp(head, "!<thin>\n", 8) == 0;
}

static bool unseen_was_there(const struct evidence *ev, struct str path)
{
	const struct table_entry *t = table_find(&ev->by_path, path);

	for (; t != NULL; t = table_next(&ev->by_path, t))
		if (ev->files[t->value].list == EVIDENCE_MANIFEST)
			return true;
	return false;
}

static int unseen_add(
	struct unseen *u, const struct place *p, struct str path, struct err *e)
{
	struct str *list =
		arena_grow(p->arena, u->paths, u->n, &u->room, sizeof(*list));

	if (list == NULL)
		return place_no_memory(e);
	u->paths = list;
	list[u->n++] = path;
	return 0;
}

static int unseen_look(struct unseen *u, const struct place *p,
	const struct evidence *ev, struct str path, struct err *e)
{
	const char *full = place_path(p->arena, p->root, path.p, e);
	char hex[SHA256_HEX + 1];

	if (full == NULL)
		return -1;
	if (unseen_was_there(ev, path) || !unseen_is_binary(full))
		return 0;
	if (sha256_file(full, hex, NULL, e) < 0)
		return -1;
	if (table_find(&ev->by_output, str_of(hex)) != NULL)
		return 0;
	return unseen_add(u, p, path, e);
}

/* ---- assembly from nowhere ---- */

static bool unseen_has_source(
	const struct evidence *ev, const struct node *event)
{
	struct evidence_made source = evidence_made(node_get(event, "source"));
	struct evidence_made output = evidence_made(node_get(event, "output"));

	if (source.sha256.n == 0) /* a pipe, which a recorded shell fed */
		return maker_exists(ev, EVIDENCE_GENERATE, output.sha256);
	return !str_has_prefix(source.path, STR("/")) ||
	       str_has_suffix(output.path, STR(".ltrans.o")) || /* -flto */
	       table_find(&ev->by_output, source.sha256) != NULL ||
	       table_find(&ev->by_sha256, source.sha256) != NULL ||
	       evidence_host(ev, source.path) != NULL;
}

static int unseen_look_at_event(struct unseen *u, const struct place *p,
	const struct evidence *ev, uint32_t event, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(UNSEEN_ARENA_MAX);
	const struct node *n;
	struct str path;

	if (evidence_read(ev, event, &scratch, &n, e) < 0)
		return -1;
	if (unseen_has_source(ev, n))
		return 0;
	path = evidence_made(node_get(n, "output")).path;
	if (path.n == 0) /* a question, answered by the exit code */
		return 0;
	path.p = arena_copy(p->arena, path);
	return path.p == NULL ? place_no_memory(e) : unseen_add(u, p, path, e);
}

static int unseen_compare(const struct place *p, const struct evidence *ev,
	struct unseen *u, struct err *e)
{
	struct walk walk;

	for (size_t i = 0; i < ev->n_events; i++) {
		u->compiles += ev->events[i].kind == EVIDENCE_COMPILE;
		u->links += ev->events[i].kind == EVIDENCE_LINK;
		if (ev->events[i].kind == EVIDENCE_ASSEMBLE &&
			unseen_look_at_event(u, p, ev, (uint32_t)i, e) < 0)
			return -1;
	}
	if (walk_make(p, &walk, e) < 0)
		return -1;
	for (size_t i = 0; i < walk.n; i++)
		if (unseen_look(u, p, ev, walk.paths[i], e) < 0)
			return -1;
	return 0;
}

int unseen_find(const struct place *p, struct unseen *out, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(UNSEEN_ARENA_MAX);
	struct evidence ev;
	int rc;

	*out = (struct unseen){0};
	if (evidence_open(p->dir, p->root, &a, &ev, e) < 0)
		return -1;
	rc = unseen_compare(p, &ev, out, e);
	evidence_close(&ev);
	return rc;
}

void unseen_json(const struct unseen *u, struct json_out *o)
{
	json_list(o, "unseen");
	for (size_t i = 0; i < u->n; i++)
		json_str(o, NULL, u->paths[i]);
	json_list_end(o);
}

void unseen_tell(const struct unseen *u, const struct place *p)
{
	for (size_t i = 0; i < u->n && i < UNSEEN_SHOWN_MAX; i++)
		shown_line(stderr,
			"keelson: %s: no recorded command made it; was a tool "
			"called by its absolute path?",
			u->paths[i].p);
	if (u->n > UNSEEN_SHOWN_MAX)
		shown_line(stderr, "keelson: and %zu more, see record.json",
			u->n - UNSEEN_SHOWN_MAX);
	shown_line(stderr, "keelson: %zu compiles and %zu links recorded in %s",
		u->compiles, u->links, p->dir);
}
