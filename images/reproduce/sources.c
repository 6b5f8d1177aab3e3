/* sources - git is asked for the list, since it knows what it ignores. */
#include "images/reproduce/sources.h"

#include "images/reproduce/command.h"
#include "lib/base/fd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOURCES_TEXT_BYTES  ((size_t)64 << 20)
#define SOURCES_ARENA_BYTES ((size_t)256 << 20)

struct sources {
	struct arena *arena;
	const char **list;
	size_t n, room;
};

static int order_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Separated by NUL; what was deleted is in git's list, too. */
static int sources_split(struct sources *s, struct str text, struct err *e)
{
	struct str path;

	while (str_cut(&text, '\0', &path)) {
		const char **list = arena_grow(
			s->arena, s->list, s->n, &s->room, sizeof(*list));
		struct stat st;

		if (!list || !(list[s->n] = arena_copy(s->arena, path)))
			return err_kind(e, ERR_LIMIT, "too many files");
		s->list = list;
		s->n += path.n > 0 && lstat(list[s->n], &st) == 0;
	}
	qsort(s->list, s->n, sizeof(*s->list), order_paths);
	return 0;
}

/* Here, or in a directory above. */
static int is_checkout(bool *is, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(COPY_PATH_BYTES);
	/* outside of one git complains */
	const char *const argv[] = {"sh", "-c",
		"exec git rev-parse --is-inside-work-tree 2>/dev/null", NULL};
	int rc;

	*is = false;
	if (!command_is_there("git"))
		return access(".git", F_OK) == 0
			       ? err_set(e, "which files git knows: there is "
					    "no git to ask")
			       : 0;
	if (command_text(argv, &text, &rc, e) < 0)
		return -1;
	*is = rc == 0 && str_is(str_trim(buf_view(&text)), "true");
	return rc != 0 && access(".git", F_OK) == 0
		       ? err_set(e,
				 ".git: git does not take it for a checkout: "
				 "see `git status`")
		       : 0;
}

/* 1: listed; 0: no checkout, or git ignores all that is here. */
static int sources_of_git(struct sources *s, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(SOURCES_TEXT_BYTES);
	const char *const argv[] = {
		"git", "ls-files", "-z", "-co", "--exclude-standard", NULL};

	bool is;

	if (is_checkout(&is, e) < 0)
		return -1;
	if (!is)
		return 0;
	if (command_output(argv, &text, e) < 0)
		return err_at(e, "which files git knows");
	return sources_split(s, buf_view(&text), e) < 0 ? -1 : s->n > 0;
}

/* The first name of each path. */
static int skip_built(
	const struct project *p, struct arena *a, struct copy_request *r)
{
	const char *const built[] = {
		p->at.programs, p->at.packages, p->at.evidence, p->at.out};

	for (size_t i = 0; i < sizeof(built) / sizeof(*built); i++) {
		struct str path = str_of(built[i]), first = path;

		first.n = str_find(path, '/');
		r->skip[r->n_skip] = arena_copy(a, first);
		if (!r->skip[r->n_skip++])
			return -1;
	}
	r->skip[r->n_skip++] = ".git";
	return 0;
}

static int copy_fetched(
	const struct project *p, const struct copy_request *how, struct err *e)
{
	for (const struct node *c = node_first(p->fetched); c; c = c->next) {
		struct copy_request r = *how;
		char into[COPY_PATH_BYTES];
		int n = snprintf(
			into, sizeof(into), "%s/%s", how->to, node_text(c).p);

		if (n < 0 || (size_t)n >= sizeof(into))
			return err_kind(
				e, ERR_LIMIT, "%s: path too long", how->to);
		r.from = node_text(c).p;
		r.to = into;
		if (copy_tree(&r, e) < 0)
			return err_at(e, PROJECT_FILE ": fetched");
	}
	return 0;
}

/*
 * What gitrepository-layout(5) calls a gitfile; of the root of a checkout,
 * since below it the copy is no checkout of the whole.
 */
static int link_git(const char *to, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(COPY_PATH_BYTES);
	const char *const argv[] = {
		"git", "rev-parse", "--absolute-git-dir", NULL};
	char path[COPY_PATH_BYTES];

	if (access(".git", F_OK) < 0)
		return 0;
	snprintf(path, sizeof(path), "%.900s/.git", to);
	buf_text(&text, "gitdir: ");
	if (command_output(argv, &text, e) < 0)
		return err_at(e, "where git keeps the checkout");
	return file_write(path, buf_view(&text), 0644, e);
}

int sources_copy(
	const struct project *p, const struct copy_request *how, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(SOURCES_ARENA_BYTES);
	struct sources s = {.arena = &a};
	struct copy_request r = *how;
	int found = sources_of_git(&s, e);

	if (found < 0)
		return -1;
	r.from = ".";
	if (skip_built(p, &a, &r) < 0)
		return err_kind(e, ERR_LIMIT, "out of memory");
	r.only = found ? s.list : NULL;
	r.n_only = s.n;
	if (copy_tree(&r, e) < 0 || (found && link_git(how->to, e) < 0))
		return -1;
	return copy_fetched(p, how, e);
}
