/*
 * pod_archive - find the containers' archives in a file as it streams.
 *
 * The first member decides whether the file is a pod's archive; its bytes are
 * held back and replayed afterwards.  Each NAME.tar member then becomes an
 * input that feeds from the outer tar reader.  Members that are not wanted
 * are skipped, which costs nothing when the file is neither compressed nor
 * encrypted.
 */
#include "checkpoint-agent/inspect/pod_archive.h"

#include "checkpoint-agent/tar/members.h"
#include "lib/base/json.h"

#include <string.h>

#define ARENA_MAX  (8u << 20)
#define DUMP_MAX   (1u << 20)
#define LISTED_MAX 512

/* ---- opening ------------------------------------------------------------ */

static bool begins_pod(const char *path)
{
	return strcmp(path, MEMBER_POD_OPTIONS) == 0 ||
	       strcmp(path, MEMBER_POD_DUMP) == 0;
}

static int detect_pod(struct pod_archive *a, struct err *e)
{
	struct tarfile_reader *r;
	struct tarfile_entry first;
	int more;

	input_hold(&a->file);
	if (tarfile_read_from(&r, &a->file, e) < 0)
		return -1;
	more = tarfile_read_next(r, &first, e);
	a->is_pod = more == 1 && begins_pod(first.path);
	tarfile_read_close(r);
	return more < 0 ? -1 : input_replay(&a->file, e);
}

static int open_members(struct pod_archive *a, struct err *e)
{
	if (detect_pod(a, e) < 0)
		return -1;
	if (a->is_pod)
		return tarfile_read_from(&a->members, &a->file, e);
	if (*a->place->container)
		return err_kind(e, ERR_USAGE,
			"not a pod's archive, so --container does not "
			"apply");
	return 0;
}

int pod_archive_open(
	struct pod_archive *a, const struct pod_archive_place *p, struct err *e)
{
	memset(a, 0, sizeof(*a));
	a->place = p;
	a->arena = arena_make(ARENA_MAX);
	if (input_open(&a->file, p->path, p->identities, e) < 0)
		return -1;
	a->file.max_bytes = p->max_bytes;
	return open_members(a, e) < 0 ? err_at(e, "%s", p->path) : 0;
}

void pod_archive_close(struct pod_archive *a)
{
	if (a->now == &a->part)
		input_close(&a->part);
	a->now = NULL;
	tarfile_read_close(a->members);
	a->members = NULL;
	input_close(&a->file);
	arena_free(&a->arena);
}

/* ---- members of a pod's archive ----------------------------------------- */

/* Names are printed: reject control bytes that could steer a terminal. */
static bool is_printable(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '/')
			return false;
	}
	return name.n > 0;
}

/* The NAME of "NAME.tar" etc.; false: not a container's archive. */
static bool parse_name(const char *path, char name[POD_ARCHIVE_NAME_BYTES])
{
	static const char *const tails[] = {
		".tar", ".tar.age", ".tar.gz", ".tar.zst"};
	struct str whole = str_of(path);

	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		struct str tail = str_of(tails[i]);

		if (!str_has_suffix(whole, tail))
			continue;
		whole.n -= tail.n;
		return is_printable(whole) &&
		       str_copy(whole, name, POD_ARCHIVE_NAME_BYTES) == 0;
	}
	return false;
}

static int read_dump(struct pod_archive *a, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(DUMP_MAX);

	if (a->pod)
		return err_kind(e, ERR_INPUT, "occurs twice");
	if (tarfile_read_all(a->members, &b, e) < 0)
		return -1;
	return json_parse(buf_view(&b), &a->arena, &a->pod, e);
}

/* 1: a->now is this member, a wanted archive; 0: another member; -1. */
static int take_pod_member(
	struct pod_archive *a, const struct tarfile_entry *entry, struct err *e)
{
	const char *wanted = a->place->container;
	const int64_t at = tarfile_read_at(a->members);

	if (!entry->is_file)
		return 0;
	if (strcmp(entry->path, MEMBER_POD_DUMP) == 0)
		return read_dump(a, e) < 0 ? err_at(e, MEMBER_POD_DUMP) : 0;
	if (!parse_name(entry->path, a->name))
		return 0;
	if (a->seen++ == POD_ARCHIVE_MAX)
		return err_kind(e, ERR_LIMIT, "more than %d containers",
			POD_ARCHIVE_MAX);
	if (*wanted && strcmp(wanted, a->name) != 0)
		return 0;
	a->given++;
	a->now = &a->part;
	if (input_open_feed(&a->part, tarfile_read_feed(a->members),
		    a->place->identities, e) < 0)
		return err_at(e, "container %s", a->name);
	input_lies_in(&a->part, &a->file, at);
	a->part.max_bytes = input_expanded_max(&a->file);
	return 1;
}

static int next_member(struct pod_archive *a, struct err *e)
{
	struct tarfile_entry entry;
	int more;

	if (a->now)
		input_close(a->now);
	a->now = NULL;
	while ((more = tarfile_read_next(a->members, &entry, e)) == 1) {
		int taken = take_pod_member(a, &entry, e);

		if (taken != 0)
			return taken;
	}
	if (more < 0 || a->given)
		return more;
	return a->seen == 0 ? err_kind(e, ERR_INPUT,
				      "a pod's archive without containers")
			    : err_kind(e, ERR_ABSENT, "it has no container %s",
				      a->place->container);
}

int pod_archive_next(struct pod_archive *a, struct err *e)
{
	if (a->is_pod) {
		int more = next_member(a, e);

		return more < 0 ? err_at(e, "%s", a->place->path) : more;
	}
	if (a->given++)
		return 0;
	a->now = &a->file;
	return 1;
}

/* ---- one, and all ------------------------------------------------------- */

static struct pod_archive shared; /* large; one user at a time */

/* Fail with the names to choose from. */
static int fail_ambiguous(struct pod_archive *a, struct err *e)
{
	char text[LISTED_MAX];
	struct buf names = buf_fixed(text, sizeof(text));
	int more;

	while ((more = pod_archive_next(a, e)) == 1)
		buf_fmt(&names, "%s%s", names.n ? ", " : "", a->name);
	if (more < 0)
		return -1;
	return err_kind(e, ERR_USAGE,
		"%s: a pod's archive: say which container (--container): "
		"%.*s",
		a->place->path, STR_ARG(buf_view(&names)));
}

int pod_archive_one(
	struct pod_archive *a, const struct pod_archive_place *p, struct err *e)
{
	if (pod_archive_open(a, p, e) < 0)
		return -1;
	if (a->is_pod && !*p->container)
		return fail_ambiguous(a, e);
	return pod_archive_next(a, e) < 0 ? -1 : 0;
}

int pod_archive_with(const struct pod_archive_place *p,
	int (*use)(void *self, struct input *s, struct err *e), void *self,
	struct err *e)
{
	int rc = pod_archive_one(&shared, p, e);

	if (rc == 0 && use(self, shared.now, e) < 0)
		rc = err_at(e, "%s", p->path);
	pod_archive_close(&shared);
	return rc;
}

int pod_archive_names(struct pod_archive_names *names,
	const struct pod_archive_place *p, struct err *e)
{
	struct pod_archive *a = &shared;
	int more = pod_archive_open(a, p, e);

	names->n = 0;
	names->is_pod = a->is_pod;
	if (more == 0)
		while ((more = pod_archive_next(a, e)) == 1)
			memcpy(names->name[names->n++], a->name,
				sizeof(a->name));
	pod_archive_close(a);
	return more;
}
