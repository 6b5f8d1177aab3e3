/* wording, copyright: any file; answers are views into it. */
#include "sbom/licence/copyright.h"
#include "sbom/licence/wording.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct str text, struct str part)
{
	if (part.n > 0 &&
		(part.p < text.p || part.p + part.n > text.p + text.n))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const ids[] = {
		"MIT", "BSD-3-Clause", "ISC", "LicenseRef-public-domain"};
	const struct str text = {(const char *)data, size};
	AUTO_BUF struct buf b = buf_growing(1 << 20);
	struct str rest = text, line;

	while (copyright_next(&rest, &line)) {
		check(text, line);
		copyright_write(line, &b);
	}
	check(text, wording_cut("GPL-2", text));
	check(text, wording_cut("Apache-2.0", text));
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		line = wording_comment(str_of(ids[i]), text);
		check(text, line);
		wording_write_comment(line, &b);
	}
	wording_write_field(text, &b);
	(void)wording_is_pointer(text);
	(void)wording_is_common(text);
	return 0;
}
