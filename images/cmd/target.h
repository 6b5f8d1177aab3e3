/*
 * target - the architecture that an image or a program is for: what was built
 * for each has evidence of its own.
 */
#ifndef KEELSON_IMAGES_CMD_TARGET_H
#define KEELSON_IMAGES_CMD_TARGET_H

#include "lib/base/args.h"

/* clang-format off */
/* The option of a command that reads one image; `place` is a const char *. */
#define TARGET_PLATFORM(place) \
	{.name = "platform", .type = ARGS_TEXT, .value = (place), \
		.meta = "OS/ARCH", \
		.help = "of an image for several, the one for this platform: " \
			"linux/arm64"}
/* clang-format on */

/*
 * The name of that architecture ("arm64"), by the header of an ELF file or by
 * the image that `platform` chooses (view.h; NULL: the only one).  This
 * machine's where the path does not tell: who reads it will say why.
 */
const char *target_arch(const char *path, const char *platform);

#endif
