/*
 * fuzz_html: whatever a text holds, what is written has no markup, no
 * character that readers cannot see, and is UTF-8.
 */
#include "lib/base/utf8.h"
#include "sbom/page/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf b = buf_growing(1 << 20);
	struct str s;

	html_text(&b, (struct str){(const char *)data, size});
	s = buf_view(&b);
	if (!b.full && !utf8_is_valid(s))
		abort();
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<' || s.p[i] == '>' || s.p[i] == '"' ||
			s.p[i] == '\'' || (unsigned char)s.p[i] < ' ' ||
			(unsigned char)s.p[i] == 0x7f)
			abort();
	buf_free(&b);
	return 0;
}
