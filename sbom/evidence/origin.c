/*
 * origin - the path says which records may know the file
 * (docs/formats/record.md, "Files and paths"); the digest must be found there.
 * A file of the sysroot is followed to the recipe's tree that it was installed
 * from.
 *
 * Refused: a known path with other bytes, a package that is not in the lock.
 */
#include "sbom/evidence/origin.h"

#include "sbom/evidence/built.h"
#include "sbom/evidence/maker.h"

enum {
	ORIGIN_HOPS_MAX = 4,
	ORIGIN_SCRATCH_BYTES = 64 << 20,
};

static int origin_orphan(struct evidence_made f, const char *why, struct err *e)
{
	return err_kind(e, ERR_ABSENT,
		"orphan: %.*s (sha256 %.*s) has no known origin: %s",
		STR_ARG(f.path), STR_ARG(f.sha256), why);
}

const struct lock_line *origin_package(
	const struct evidence *ev, const struct lock *lock, uint32_t room)
{
	const struct node *packages;

	if (ev->is_outside)
		return &lock->lines[0];
	if (room >= ev->n_rooms)
		return NULL;
	packages = node_get(ev->rooms[room].recipe, "packages");
	return lock_main(lock, node_text(node_first(packages)));
}

/* work/RECIPE/PACKAGE/...: the package, else the recipe's first. */
static const struct lock_line *origin_package_of(const struct evidence *ev,
	const struct lock *lock, uint32_t room, struct str path)
{
	const struct lock_line *line;
	struct str rest = path, part = {0};

	built_is_in(path, STR("work"), &rest);
	for (unsigned i = 0; i < 2; i++)
		str_cut(&rest, '/', &part);
	line = lock_main(lock, part);
	return line != NULL ? line : origin_package(ev, lock, room);
}

static int origin_pinned(const struct lock *lock,
	const struct evidence_file *record, struct evidence_made f,
	struct origin *out, struct err *e)
{
	const struct lock_line *line = lock_file(lock, record->archive);

	if (line == NULL)
		return origin_orphan(f, "its archive is not in the lock", e);
	*out = (struct origin){
		.kind = ORIGIN_PINNED,
		.package = lock_main(lock, line->package),
		.record = record,
	};
	return 0;
}

/* The recorded command that wrote it: 1, 0 for none, or -1. */
static int origin_event(const struct evidence *ev, struct evidence_made f,
	int64_t room, uint32_t *event, struct err *e)
{
	AUTO_ARENA struct arena scratch = arena_make(ORIGIN_SCRATCH_BYTES);
	const struct maker_wish wish = {
		.kind = EVIDENCE_GENERATE,
		.sha256 = f.sha256,
		.path = f.path,
		.room = room,
	};
	struct maker maker;

	if (maker_find(ev, wish, &scratch, &maker, e) < 0)
		return -1;
	*event = maker.event;
	return maker.node != NULL;
}

static int origin_in_work(const struct evidence *ev, const struct lock *lock,
	struct evidence_made f, struct origin *out, struct err *e)
{
	int64_t room = evidence_room_of(ev, f.path);
	const struct evidence_file *record;
	int made;

	if (room < 0)
		return origin_orphan(f, "no recipe has this directory", e);
	record = evidence_file(ev, EVIDENCE_MANIFEST, f.path, f.sha256);
	if (record != NULL)
		return origin_pinned(lock, record, f, out, e);
	out->package = origin_package_of(ev, lock, (uint32_t)room, f.path);
	if (out->package == NULL)
		return origin_orphan(f, "its package is not in the lock", e);
	record = evidence_copy(ev, (uint32_t)room, f.sha256);
	if (evidence_file(ev, EVIDENCE_CONFIGURED, f.path, f.sha256) != NULL) {
		/* configure may also copy a file unchanged */
		if (record != NULL)
			return origin_pinned(lock, record, f, out, e);
		out->kind = ORIGIN_CONFIGURED;
		return 0;
	}
	made = origin_event(ev, f, room, &out->event, e);
	if (made != 0) {
		out->kind = ORIGIN_GENERATED;
		return made < 0 ? -1 : 0;
	}
	if (record != NULL)
		return origin_pinned(lock, record, f, out, e);
	return origin_orphan(f,
		"neither in the manifest nor written by configure or a "
		"recorded command",
		e);
}

/* A file of the sysroot: 1 and *f is the file that it was installed from, 0
   and *out says where it came from, or -1. */
static int origin_installed(const struct evidence *ev, const struct lock *lock,
	struct evidence_made *f, struct origin *out, struct err *e)
{
	const struct evidence_file *record =
		evidence_file(ev, EVIDENCE_INSTALLED, f->path, f->sha256);

	if (record == NULL)
		return origin_orphan(*f, "no recipe installed it", e);
	if (record->from.n > 0) {
		f->path = record->from;
		return 1;
	}
	out->kind = ORIGIN_CONFIGURED;
	out->package = origin_package(ev, lock, record->room);
	return out->package == NULL
		       ? origin_orphan(*f, "its package is not in the lock", e)
		       : 0;
}

static int origin_host(const struct evidence *ev, struct evidence_made f,
	struct origin *out, struct err *e)
{
	out->kind = ORIGIN_HOST;
	out->record = evidence_file(ev, EVIDENCE_TOOLCHAIN, f.path, f.sha256);
	return out->record == NULL
		       ? origin_orphan(f,
				 "it is not in the list of the host's files", e)
		       : 0;
}

static int origin_built(const struct evidence *ev, struct evidence_made f,
	struct origin *out, struct err *e)
{
	int made = origin_event(ev, f, -1, &out->event, e);

	out->kind = ORIGIN_GENERATED;
	if (made == 0)
		return origin_orphan(f, "no recorded command made it", e);
	return made < 0 ? -1 : 0;
}

/* ---- builds of others ---- */

/*
 * The host's packages own their files; a recorded command made this one; it
 * was there before the build; else the build made it by a command that was not
 * seen, such as configure.
 */
static int origin_outside(const struct evidence *ev, const struct lock *lock,
	struct evidence_made f, struct origin *out, struct err *e)
{
	int made;

	*out = (struct origin){.kind = ORIGIN_HOST};
	out->record = evidence_file(ev, EVIDENCE_TOOLCHAIN, f.path, f.sha256);
	if (out->record != NULL)
		return 0;
	out->package = &lock->lines[0];
	made = origin_event(ev, f, -1, &out->event, e);
	out->kind = ORIGIN_GENERATED;
	if (made != 0)
		return made < 0 ? -1 : 0;
	out->record = evidence_file(ev, EVIDENCE_MANIFEST, f.path, f.sha256);
	for (uint32_t i = 0; out->record == NULL && i < ev->n_rooms; i++)
		out->record = evidence_copy(ev, i, f.sha256);
	out->kind = out->record != NULL ? ORIGIN_PINNED : ORIGIN_CONFIGURED;
	if (out->record != NULL && out->record->vendored < lock->n)
		out->package = &lock->lines[out->record->vendored];
	if (out->record == NULL && str_has_prefix(f.path, STR("/")))
		return origin_orphan(f,
			"it is gone, and no recorded command made it; was a "
			"compiler called by its absolute path?",
			e);
	return 0;
}

int origin_find(const struct evidence *ev, const struct lock *lock,
	struct evidence_made f, struct origin *out, struct err *e)
{
	struct str rest;

	*out = (struct origin){.kind = ORIGIN_OURS};
	if (f.sha256.n == 0)
		return origin_orphan(f, "it was gone when it was recorded", e);
	if (ev->is_outside)
		return origin_outside(ev, lock, f, out, e);
	for (unsigned hop = 0; hop < ORIGIN_HOPS_MAX; hop++) {
		if (built_is_in(f.path, STR("sysroot"), &rest)) {
			int rc = origin_installed(ev, lock, &f, out, e);

			if (rc <= 0)
				return rc;
			continue;
		}
		if (built_is_in(f.path, STR("work"), &rest))
			return origin_in_work(ev, lock, f, out, e);
		if (str_has_prefix(f.path, STR("build/")) ||
			str_has_prefix(f.path, STR("/tmp/")))
			return origin_built(ev, f, out, e);
		if (str_has_prefix(f.path, STR("/")))
			return origin_host(ev, f, out, e);
		return 0;
	}
	return origin_orphan(
		f, "installed from installed files in a circle", e);
}
