/*
 * unwrap - see unwrap.h.
 *
 * The first member decides which of both it is; for that the beginning is
 * read twice.  Members that nobody asked for are passed over, which costs
 * nothing in a plain file.
 */
#include "checkpoint-agent/unwrap.h"

#include "lib/base/json.h"

#include <string.h>

#define POD_OPTIONS "pod.options"
#define POD_DUMP    "pod.dump"
#define TREE_MAX    (8u << 20)
#define DUMP_MAX    (1u << 20)
#define NAMES_SHOWN 512

/* ---- what it is --------------------------------------------------------- */

static bool begins_pod(const char *path)
{
	return strcmp(path, POD_OPTIONS) == 0 || strcmp(path, POD_DUMP) == 0;
}

static int look(struct unwrap *u, struct err *e)
{
	struct pack_reader *r;
	struct pack_entry first;
	int more;

	source_hold(&u->file);
	if (pack_read_from(&r, &u->file, e) < 0)
		return -1;
	more = pack_read_next(r, &first, e);
	u->is_pod = more == 1 && begins_pod(first.path);
	pack_read_close(r);
	return more < 0 ? -1 : source_replay(&u->file, e);
}

static int start(struct unwrap *u, struct err *e)
{
	if (look(u, e) < 0)
		return -1;
	if (u->is_pod)
		return pack_read_from(&u->members, &u->file, e);
	if (*u->place->container)
		return err_kind(e, ERR_USAGE,
			"not a pod's archive, so --container does not "
			"apply");
	return 0;
}

int unwrap_open(struct unwrap *u, const struct unwrap_place *p, struct err *e)
{
	memset(u, 0, sizeof(*u));
	u->place = p;
	u->arena = arena_make(TREE_MAX);
	if (source_open(&u->file, p->path, p->identities, e) < 0)
		return -1;
	return start(u, e) < 0 ? err_at(e, "%s", p->path) : 0;
}

void unwrap_close(struct unwrap *u)
{
	if (u->now == &u->part)
		source_close(&u->part);
	u->now = NULL;
	pack_read_close(u->members);
	u->members = NULL;
	source_close(&u->file);
	arena_free(&u->arena);
}

/* ---- members of a pod's archive ----------------------------------------- */

/* Names are told to people: nothing in them may play with a terminal. */
static bool is_tame(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '/')
			return false;
	}
	return name.n > 0;
}

/* "NAME.tar" and the like. False: it is no container's archive. */
static bool read_name(const char *path, char name[UNWRAP_NAME_BYTES])
{
	static const char *const tails[] = {
		".tar", ".tar.age", ".tar.gz", ".tar.zst"};
	struct str whole = str_of(path);

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct str tail = str_of(tails[i]);

		if (!str_has_suffix(whole, tail))
			continue;
		whole.n -= tail.n;
		return is_tame(whole) &&
		       str_copy(whole, name, UNWRAP_NAME_BYTES) == 0;
	}
	return false;
}

static int read_dump(struct unwrap *u, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(DUMP_MAX);
	char *copy;

	if (u->pod)
		return err_kind(e, ERR_INPUT, "two of them");
	if (pack_read_all(u->members, &b, e) < 0)
		return -1;
	copy = arena_copy(&u->arena, buf_view(&b));
	if (!copy)
		return err_kind(e, ERR_LIMIT, "too large");
	return json_parse((struct str){copy, b.n}, &u->arena, &u->pod, e);
}

/* 1: it is an archive that is wanted, and open; 0: another member; -1. */
static int take_member(
	struct unwrap *u, const struct pack_entry *entry, struct err *e)
{
	const char *wanted = u->place->container;

	if (!entry->is_file)
		return 0;
	if (strcmp(entry->path, POD_DUMP) == 0)
		return read_dump(u, e) < 0 ? err_at(e, POD_DUMP) : 0;
	if (!read_name(entry->path, u->name))
		return 0;
	if (u->passed++ == UNWRAP_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d containers", UNWRAP_MAX);
	if (*wanted && strcmp(wanted, u->name) != 0)
		return 0;
	u->given++;
	u->now = &u->part;
	if (source_open_feed(&u->part, pack_read_feed(u->members),
		    u->place->identities, e) < 0)
		return err_at(e, "container %s", u->name);
	return 1;
}

static int next_member(struct unwrap *u, struct err *e)
{
	struct pack_entry entry;
	int more;

	if (u->now)
		source_close(u->now);
	u->now = NULL;
	while ((more = pack_read_next(u->members, &entry, e)) == 1) {
		int taken = take_member(u, &entry, e);

		if (taken != 0)
			return taken;
	}
	if (more < 0 || u->given)
		return more;
	return u->passed == 0 ? err_kind(e, ERR_INPUT,
					"a pod's archive without containers")
			      : err_kind(e, ERR_ABSENT, "no container %s in it",
					u->place->container);
}

int unwrap_next(struct unwrap *u, struct err *e)
{
	if (u->is_pod) {
		int more = next_member(u, e);

		return more < 0 ? err_at(e, "%s", u->place->path) : more;
	}
	if (u->given++)
		return 0;
	u->now = &u->file;
	return 1;
}

/* ---- one, and all ------------------------------------------------------- */

/* "container-a, container-b": what can be chosen. */
static int refuse_all(struct unwrap *u, struct err *e)
{
	char text[NAMES_SHOWN];
	struct buf names = buf_fixed(text, sizeof(text));
	int more;

	while ((more = unwrap_next(u, e)) == 1)
		buf_fmt(&names, "%s%s", names.n ? ", " : "", u->name);
	if (more < 0)
		return -1;
	return err_kind(e, ERR_USAGE,
		"%s: a pod's archive: say which container "
		"(--container): %.*s",
		u->place->path, STR_ARG(buf_view(&names)));
}

int unwrap_one(struct unwrap *u, const struct unwrap_place *p, struct err *e)
{
	if (unwrap_open(u, p, e) < 0)
		return -1;
	if (u->is_pod && !*p->container)
		return refuse_all(u, e);
	return unwrap_next(u, e) < 0 ? -1 : 0;
}

int unwrap_names(
	struct unwrap_names *names, const struct unwrap_place *p, struct err *e)
{
	static struct unwrap u; /* large; one in a process */
	int more = unwrap_open(&u, p, e);

	names->n = 0;
	names->is_pod = u.is_pod;
	if (more == 0)
		while ((more = unwrap_next(&u, e)) == 1)
			memcpy(names->name[names->n++], u.name, sizeof(u.name));
	unwrap_close(&u);
	return more;
}
