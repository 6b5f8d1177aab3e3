/*
 * lock - cut the file into lines, check each new line against those before it,
 * and patches against the sources that they belong to.
 *
 * Scripts read the same file with static-build/lib/lock.awk; the cases in
 * static-build/test/lock.cases hold both to the same rules.
 */
#include "sbom/evidence/lock.h"

/* Does a new line agree with an older one? */
static int lock_compare(
	const struct lock_line *old, const struct lock_line *new, struct err *e)
{
	if (str_eq(old->name, new->name))
		return err_kind(e, ERR_INPUT, "%.*s is already on line %u",
			STR_ARG(new->name), old->line);
	if (!str_eq(old->package, new->package))
		return 0;
	if (!str_eq(old->version, new->version) ||
		!str_eq(old->suite, new->suite) ||
		!str_eq(old->licence, new->licence))
		return err_kind(e, ERR_INPUT,
			"%.*s has another version, suite or licence on "
			"line %u",
			STR_ARG(new->package), old->line);
	if ((old->role == LOCK_PATCHES) == (new->role == LOCK_PATCHES))
		return err_kind(e, ERR_INPUT, "%.*s has role %s on line %u",
			STR_ARG(new->package), lock_line_role(old->role),
			old->line);
	return 0;
}

static int lock_add(struct lock *l, struct lock_line line, struct err *e)
{
	if (l->n == LOCK_LINES_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d files", LOCK_LINES_MAX);
	for (size_t i = 0; i < l->n; i++)
		if (lock_compare(&l->lines[i], &line, e) < 0)
			return -1;
	l->lines[l->n++] = line;
	return 0;
}

static int lock_check_patches(const struct lock *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++)
		if (lock_main(l, l->lines[i].package) == NULL)
			return err_kind(e, ERR_INPUT,
				"line %u: %.*s has patches but no source",
				l->lines[i].line, STR_ARG(l->lines[i].package));
	return 0;
}

int lock_parse(
	struct str text, struct arena *a, struct lock *out, struct err *e)
{
	struct lock l = {
		.lines = arena_alloc(a, LOCK_LINES_MAX * sizeof(*l.lines))};
	struct str raw;
	unsigned number = 0;

	if (l.lines == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for the lock");
	while (str_cut(&text, '\n', &raw)) {
		struct lock_line line = {.line = ++number};

		raw = lock_line_trim(raw);
		if (raw.n == 0 || raw.p[0] == '#')
			continue;
		if (lock_line_parse(raw, &line, e) < 0 ||
			lock_add(&l, line, e) < 0)
			return err_at(e, "line %u", number);
	}
	if (lock_check_patches(&l, e) < 0)
		return -1;
	*out = l;
	return 0;
}

const struct lock_line *lock_file(const struct lock *l, struct str name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->lines[i].name, name))
			return &l->lines[i];
	return NULL;
}

static const struct lock_line *lock_find(
	const struct lock *l, struct str package, bool patches)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->lines[i].package, package) &&
			(l->lines[i].role == LOCK_PATCHES) == patches)
			return &l->lines[i];
	return NULL;
}

const struct lock_line *lock_main(const struct lock *l, struct str package)
{
	return lock_find(l, package, false);
}

const struct lock_line *lock_patches(const struct lock *l, struct str package)
{
	return lock_find(l, package, true);
}
