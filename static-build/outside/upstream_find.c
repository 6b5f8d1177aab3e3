/*
 * upstream_find - ask each kind in turn; the first that knows the tree is
 * believed.
 */
#include "static-build/outside/upstream_find.h"

#include "static-build/outside/upstream_debian.h"
#include "static-build/outside/upstream_git.h"
#include "static-build/outside/upstream_tarball.h"

int upstream_find(const struct place *p, struct upstream *out, struct err *e)
{
	static int (*const kinds[])(
		const struct place *, struct upstream *, struct err *) = {
		upstream_git, upstream_debian, upstream_tarball};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof(kinds) / sizeof(*kinds); i++) {
		*out = (struct upstream){
			.kind = UPSTREAM_DIRECTORY,
			.package = str_base_name(str_of(p->root)),
			.name = str_base_name(str_of(p->root)),
			.by_path = table_make(p->arena),
		};
		rc = kinds[i](p, out, e);
	}
	return rc < 0 ? -1 : 0;
}
