package io.relata.cuda.device;

import io.relata.tck.BackendTck;

/** The conformance kit on the backend that {@code -Drelata.backend} names. */
class DeviceKit extends BackendTck {}
