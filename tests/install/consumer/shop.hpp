#pragma once

/// Opens the till of a settings file and prints what it is. 0: opened.
#ifdef __cplusplus
extern "C"
#endif
    int
    open_shop(const char* settings);
