/*
 * conn_edge - how a connection begins and ends: the first byte, the TLS
 * handshake, and a close that lets the last answer arrive.
 */
#ifndef CHECKPOINT_AGENT_FRONT_CONN_EDGE_H
#define CHECKPOINT_AGENT_FRONT_CONN_EDGE_H

#include "checkpoint-agent/front/conn_state.h"

enum conn_step conn_step_peek(struct conn *c);
enum conn_step conn_step_plain(struct conn *c);
enum conn_step conn_step_handshake(struct conn *c);
enum conn_step conn_step_close(struct conn *c);
enum conn_step conn_step_linger(struct conn *c);

#endif
