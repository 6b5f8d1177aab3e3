/*
 * update - suites first, then packages.  Of each suite of the lock the one with
 * -security is read before, and the one with -updates after it, so that of
 * equal versions the first is the one of a security suite.
 */
#include "images/fresh/update.h"

#include "sbom/evidence/upstreams.h"

#include <stdio.h>
#include <string.h>

bool update_is_binary(const struct lock_line *l)
{
	return l->role == LOCK_SYSROOT || l->role == LOCK_ROOTFS;
}

/* ---- packages of the lock ---- */

static bool update_wants(
	const struct lock_line *l, size_t n, const char *const *names)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(l->package, names[i]))
			return true;
	return n == 0;
}

static int update_check_names(const struct update *u, size_t n,
	const char *const *names, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (lock_main(&u->lock, str_of(names[i])) == NULL)
			return err_kind(e, ERR_ABSENT,
				"%s: no such package in the lock; `keelson "
				"add-source %s` adds it",
				names[i], names[i]);
	return 0;
}

static int update_list(
	struct update *u, size_t n, const char *const *names, struct err *e)
{
	struct str *wanted =
		arena_alloc(&u->arena, (u->lock.n + 1) * sizeof(*wanted));

	u->packages =
		arena_alloc(&u->arena, (u->lock.n + 1) * sizeof(*u->packages));
	if (wanted == NULL || u->packages == NULL)
		return err_kind(e, ERR_LIMIT, "out of memory");
	for (size_t i = 0; i < u->lock.n; i++) {
		const struct lock_line *l = &u->lock.lines[i];
		struct update_package *p = &u->packages[u->n_packages];

		if (l->role == LOCK_PATCHES || !update_wants(l, n, names))
			continue;
		*p = (struct update_package){.line = l,
			.patches = lock_patches(&u->lock, l->package),
			.suite = life_suite(l->suite),
			.branch = life_branch(&u->branches, l->package,
				upstream_version(l->version))};
		p->news.arena = &u->arena;
		wanted[u->n_packages++] = l->package;
	}
	u->offers = (struct offers){.arena = &u->arena,
		.wanted = wanted,
		.n_wanted = u->n_packages};
	return 0;
}

/* ---- suites ---- */

static int update_read_index(struct update *u, const struct update_suite *s,
	bool is_binary, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(APT_INDEX_BYTES);
	struct offer_index index = {.suite = s->name, .is_binary = is_binary};

	if (apt_index(&u->apt, s->name, is_binary, &text, e) < 0)
		return -1;
	index.text = buf_view(&text);
	return offers_read(&u->offers, &index, e);
}

/* A suite has binaries when a line of the lock asks for one. */
static bool update_has_binaries(const struct update *u, struct str base)
{
	for (size_t i = 0; i < u->n_packages; i++)
		if (str_eq(u->packages[i].line->suite, base) &&
			update_is_binary(u->packages[i].line))
			return true;
	return false;
}

/* A released suite has a security suite: that it is not there is no answer. */
static void update_read_suite(
	struct update *u, struct str base, const char *kind)
{
	struct update_suite *s = &u->suites[u->n_suites++];
	bool has_binaries = update_has_binaries(u, base), is_needed;
	char name[256];
	int found;

	snprintf(name, sizeof(name), "%.*s%s", STR_ARG(base), kind);
	*s = (struct update_suite){.name = arena_copy(&u->arena, str_of(name))};
	if (s->name == NULL) {
		err_kind(&s->why, ERR_LIMIT, "out of memory");
		return;
	}
	found = apt_update(&u->apt, s->name, has_binaries, &s->why);
	is_needed = *kind == '\0' ||
		    (strcmp(kind, "-security") == 0 && life_suite(base));
	if (found == 0 && is_needed)
		err_kind(&s->why, ERR_ABSENT, "%s: no mirror has this suite",
			s->name);
	s->is_there =
		found > 0 && update_read_index(u, s, false, &s->why) == 0 &&
		(!has_binaries || update_read_index(u, s, true, &s->why) == 0);
	if (s->is_there)
		s->date_s = apt_date(&u->apt, s->name);
}

/* Has the suite of package i been among those before it? */
static bool update_has_seen(const struct update *u, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq(u->packages[k].line->suite,
			    u->packages[i].line->suite))
			return true;
	return false;
}

int update_look(
	struct update *u, size_t n, const char *const *names, struct err *e)
{
	static const char *const kinds[] = {"-security", "", "-updates"};

	if (lock_parse(u->lock_text, &u->arena, &u->lock, e) < 0 ||
		update_check_names(u, n, names, e) < 0 ||
		update_list(u, n, names, e) < 0)
		return -1;
	for (size_t i = 0; i < u->n_packages; i++) {
		if (update_has_seen(u, i))
			continue;
		if (u->n_suites + 3 > UPDATE_SUITES_MAX)
			return err_kind(e, ERR_LIMIT, "more than %d suites",
				UPDATE_SUITES_MAX);
		for (size_t k = 0; k < 3; k++)
			update_read_suite(
				u, u->packages[i].line->suite, kinds[k]);
	}
	offers_share_paths(&u->offers);
	return 0;
}

const struct update_suite *update_refused(const struct update *u)
{
	for (size_t i = 0; i < u->n_suites; i++)
		if (u->suites[i].why.kind != ERR_NONE)
			return &u->suites[i];
	return NULL;
}

void update_free(struct update *u)
{
	apt_close(&u->apt);
	arena_free(&u->arena);
}
