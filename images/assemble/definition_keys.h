/*
 * definition_keys - the table of all that a definition may say
 * (docs/formats/image.md): it parses images/NAME.yaml, and `keelson schema`
 * prints it.
 */
#ifndef KEELSON_IMAGES_ASSEMBLE_DEFINITION_KEYS_H
#define KEELSON_IMAGES_ASSEMBLE_DEFINITION_KEYS_H

#include "rootfs/form.h"

extern const struct form_key definition_keys[];

#endif
