/* member - one call of tar. */
#include "images/fresh/member.h"

#include "lib/base/capture.h"

void member_read(const char *path, const char *pattern, struct buf *out)
{
	const char *const words[] = {
		"tar", "-xOf", path, "--wildcards", "--", pattern, NULL};
	size_t before = out->n;
	struct err ignored = {0};

	if (capture(words, out, &ignored) < 0)
		out->n = before;
}

int member_list(const char *path, struct buf *out, struct err *e)
{
	const char *const words[] = {"tar", "-tf", path, NULL};

	return capture(words, out, e) < 0 ? err_at(e, "%s", path) : 0;
}
