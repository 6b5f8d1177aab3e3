/*
 * name - take the version off the end, then look for a known name that is the
 * whole or follows a dash.
 *
 * Of several the longest counts: "x86_64-linux-gnu-gcc-ar" is gcc-ar.  LLVM's
 * `llvm-as` reads another language than `as` and is no assembler here.
 */
#include "static-build/record/name.h"

#include "lib/base/str.h"

#include <string.h>

static bool name_is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	return s.n > 0;
}

/* "gcc-12" without "-12". */
static struct str name_without_version(struct str s)
{
	size_t at = s.n;

	while (at > 0 && s.p[at - 1] != '-')
		at--;
	if (at > 1 && name_is_number(str_sub(s, at, s.n)))
		return str_sub(s, 0, at - 1);
	return s;
}

const char *name_plain(const char *name, const char *const *known)
{
	struct str s = name_without_version(str_of(name));
	const char *best = NULL;

	if (str_is(s, "llvm-as"))
		return NULL;
	for (; *known; known++) {
		struct str k = str_of(*known);
		bool is_end = str_has_suffix(s, k) &&
			      (s.n == k.n || s.p[s.n - k.n - 1] == '-');

		if (is_end && (!best || k.n > strlen(best)))
			best = *known;
	}
	return best;
}
