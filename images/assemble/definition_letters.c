/* definition_letters - strchr(3) on each byte. */
#include "images/assemble/definition_letters.h"

#include <string.h>

bool letters_only(struct str s, const char *first, const char *rest, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || !strchr(i ? rest : first, s.p[i]))
			return false;
	return s.n > 0 && s.n <= max;
}
