/*
 * A PKCS#11 module that misbehaves on order, for tests of the token helper. One slot, one RSA key.
 *
 * FAULTY_PKCS11_DIRECTORY names a directory with
 *   control    behaviours, separated by blanks or newlines, read anew in every call:
 *                hang:C_X         the function never returns
 *                crash:C_X        the function writes through a null pointer
 *                removed:C_X      the key is pulled out in this function, and stays out while the word is there
 *                garbage:C_X      C_Sign, C_GetAttributeValue or C_GetMechanismList answers a senseless length
 *                slow:C_X         the function takes 300 ms
 *                absent           no key is plugged in
 *                pins:never-low   the flags say "all is well" until the PIN is locked
 *                pins:always-last the flags say "last try" from the beginning
 *                fail:C_X         the function answers CKR_FUNCTION_FAILED
 *   pin        the user PIN, tries used
 *   calls      one line for each call worth counting
 *   certificate.der  the certificate in the token
 * The signature is 256 bytes of 0xA5: nobody verifies it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CK_PTR *
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include <pkcs11/pkcs11.h>

#define MOST_TRIES 3
#define SIGNATURE_BYTES 256
#define SO_PIN "12345678"

static int logged_in = 0;
static int is_so = 0;
static int open_sessions = 0;
/* The function in which the key was pulled out, until that order is taken back. */
static const char *pulled_out_in = NULL;
static int found = 0;
static CK_OBJECT_CLASS wanted = CKO_CERTIFICATE;

static void path_of(char *path, size_t size, const char *file) {
  const char *directory = getenv("FAULTY_PKCS11_DIRECTORY");
  snprintf(path, size, "%s/%s", directory ? directory : ".", file);
}

static size_t read_file(const char *name, unsigned char *buffer, size_t size) {
  char path[1024];
  path_of(path, sizeof path, name);
  FILE *file = fopen(path, "rb");
  if (!file) return 0;
  size_t length = fread(buffer, 1, size - 1, file);
  buffer[length] = 0;
  fclose(file);
  return length;
}

static int ordered(const char *word) {
  char control[2048];
  size_t length = strlen(word);
  if (!read_file("control", (unsigned char *)control, sizeof control)) return 0;
  for (char *at = control; (at = strstr(at, word)) != NULL; at += length) {
    int starts = at == control || at[-1] == ' ' || at[-1] == '\n';
    int ends = at[length] == 0 || at[length] == ' ' || at[length] == '\n';
    if (starts && ends) return 1;
  }
  return 0;
}

static int orders(const char *what, const char *function) {
  char word[128];
  snprintf(word, sizeof word, "%s:%s", what, function);
  return ordered(word);
}

static void count_call(const char *function) {
  char path[1024];
  path_of(path, sizeof path, "calls");
  FILE *file = fopen(path, "ab");
  if (!file) return;
  fprintf(file, "%s\n", function);
  fclose(file);
}

static CK_RV misbehave(const char *function) {
  count_call(function);
  if (orders("hang", function)) for (;;) pause();
  if (orders("crash", function)) *(volatile int *)0 = 1;
  if (orders("slow", function)) usleep(300000);
  if (orders("removed", function)) {
    pulled_out_in = function;
    return CKR_DEVICE_REMOVED;
  }
  if (orders("fail", function)) return CKR_FUNCTION_FAILED;
  return CKR_OK;
}
#define MISBEHAVE() do { CK_RV ordered_rv = misbehave(__func__); if (ordered_rv != CKR_OK) return ordered_rv; } while (0)

static void read_pin(char *pin, int *tries) {
  char text[128];
  strcpy(pin, "123456");
  *tries = 0;
  if (read_file("pin", (unsigned char *)text, sizeof text)) sscanf(text, "%63s %d", pin, tries);
}

static void write_pin(const char *pin, int tries) {
  char path[1024];
  path_of(path, sizeof path, "pin");
  FILE *file = fopen(path, "wb");
  if (!file) return;
  fprintf(file, "%s %d\n", pin, tries);
  fclose(file);
}

static CK_RV judge(const CK_UTF8CHAR *given, CK_ULONG length) {
  char pin[64];
  int tries;
  read_pin(pin, &tries);
  if (tries >= MOST_TRIES) return CKR_PIN_LOCKED;
  if (length == strlen(pin) && memcmp(given, pin, length) == 0) {
    write_pin(pin, 0);
    return CKR_OK;
  }
  write_pin(pin, tries + 1);
  return tries + 1 >= MOST_TRIES ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
}

static void blank(unsigned char *field, size_t size, const char *text) {
  memset(field, ' ', size);
  memcpy(field, text, strlen(text));
}

static int is_plugged(void) {
  if (pulled_out_in && !orders("removed", pulled_out_in)) pulled_out_in = NULL;
  return !pulled_out_in && !ordered("absent");
}

CK_RV C_Initialize(CK_VOID_PTR args) {
  (void)args;
  MISBEHAVE();
  return CKR_OK;
}

CK_RV C_Finalize(CK_VOID_PTR reserved) {
  (void)reserved;
  MISBEHAVE();
  return CKR_OK;
}

CK_RV C_GetInfo(CK_INFO_PTR info) {
  memset(info, 0, sizeof *info);
  info->cryptokiVersion.major = 2;
  info->cryptokiVersion.minor = 40;
  blank(info->manufacturerID, sizeof info->manufacturerID, "Test");
  blank(info->libraryDescription, sizeof info->libraryDescription, "Faulty module");
  info->libraryVersion.major = 1;
  return CKR_OK;
}

CK_RV C_GetSlotList(CK_BBOOL present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
  MISBEHAVE();
  CK_ULONG have = present && !is_plugged() ? 0 : 1;
  if (list && *count < have) return CKR_BUFFER_TOO_SMALL;
  if (list && have) list[0] = 7;
  *count = have;
  return CKR_OK;
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  if (slot != 7) return CKR_SLOT_ID_INVALID;
  memset(info, 0, sizeof *info);
  blank(info->slotDescription, sizeof info->slotDescription, "Faulty slot");
  blank(info->manufacturerID, sizeof info->manufacturerID, "Test");
  info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT | (is_plugged() ? CKF_TOKEN_PRESENT : 0);
  return CKR_OK;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  MISBEHAVE();
  char pin[64];
  int tries;
  if (slot != 7) return CKR_SLOT_ID_INVALID;
  if (!is_plugged()) return CKR_TOKEN_NOT_PRESENT;
  read_pin(pin, &tries);
  memset(info, 0, sizeof *info);
  blank(info->label, sizeof info->label, "Faulty token");
  blank(info->manufacturerID, sizeof info->manufacturerID, "Test");
  blank(info->model, sizeof info->model, "Faulty");
  blank(info->serialNumber, sizeof info->serialNumber, "F0000001");
  info->flags = CKF_TOKEN_INITIALIZED | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
  if (tries >= MOST_TRIES) info->flags |= CKF_USER_PIN_LOCKED;
  else if (ordered("pins:always-last")) info->flags |= CKF_USER_PIN_FINAL_TRY;
  else if (ordered("pins:never-low")) info->flags |= 0;
  else if (tries == MOST_TRIES - 1) info->flags |= CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
  else if (tries > 0) info->flags |= CKF_USER_PIN_COUNT_LOW;
  info->ulMinPinLen = 4;
  info->ulMaxPinLen = 16;
  return CKR_OK;
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  (void)slot;
  MISBEHAVE();
  if (!list && orders("garbage", __func__)) {
    *count = 0x7fffffffffffffffUL;
    return CKR_OK;
  }
  if (list) list[0] = CKM_RSA_PKCS;
  *count = 1;
  return CKR_OK;
}

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify, CK_SESSION_HANDLE_PTR session) {
  (void)flags; (void)application; (void)notify;
  MISBEHAVE();
  if (slot != 7) return CKR_SLOT_ID_INVALID;
  if (!is_plugged()) return CKR_TOKEN_NOT_PRESENT;
  open_sessions++;
  *session = 1000 + (CK_SESSION_HANDLE)open_sessions;
  return CKR_OK;
}

CK_RV C_CloseSession(CK_SESSION_HANDLE session) {
  (void)session;
  MISBEHAVE();
  if (open_sessions > 0 && --open_sessions == 0) logged_in = 0;
  return CKR_OK;
}

CK_RV C_Login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  (void)session;
  MISBEHAVE();
  if (logged_in) return CKR_USER_ALREADY_LOGGED_IN;
  is_so = user == CKU_SO;
  CK_RV rv = CKR_OK;
  if (!is_so) rv = judge(pin, length);
  else if (length != strlen(SO_PIN) || memcmp(pin, SO_PIN, length) != 0) rv = CKR_PIN_INCORRECT;
  if (rv == CKR_OK) logged_in = 1;
  return rv;
}

CK_RV C_Logout(CK_SESSION_HANDLE session) {
  (void)session;
  MISBEHAVE();
  if (!logged_in) return CKR_USER_NOT_LOGGED_IN;
  logged_in = 0;
  return CKR_OK;
}

CK_RV C_SetPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_length, CK_UTF8CHAR_PTR new_pin, CK_ULONG new_length) {
  (void)session;
  MISBEHAVE();
  char text[64] = {0};
  CK_RV rv = judge(old_pin, old_length);
  if (rv != CKR_OK) return rv;
  if (new_length >= sizeof text) return CKR_PIN_LEN_RANGE;
  memcpy(text, new_pin, new_length);
  write_pin(text, 0);
  return CKR_OK;
}

CK_RV C_InitPIN(CK_SESSION_HANDLE session, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  (void)session;
  MISBEHAVE();
  char text[64] = {0};
  if (!logged_in || !is_so) return CKR_USER_NOT_LOGGED_IN;
  if (length >= sizeof text) return CKR_PIN_LEN_RANGE;
  memcpy(text, pin, length);
  write_pin(text, 0);
  return CKR_OK;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE session, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  (void)session;
  found = 0;
  wanted = CKO_CERTIFICATE;
  for (CK_ULONG index = 0; index < count; index++)
    if (template[index].type == CKA_CLASS) wanted = *(CK_OBJECT_CLASS *)template[index].pValue;
  return CKR_OK;
}

CK_RV C_FindObjects(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count) {
  (void)session;
  MISBEHAVE();
  *count = 0;
  if (found || most == 0) return CKR_OK;
  found = 1;
  if (wanted == CKO_PRIVATE_KEY && !logged_in) return CKR_OK;
  objects[0] = wanted == CKO_PRIVATE_KEY ? 2 : 1;
  *count = 1;
  return CKR_OK;
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE session) {
  (void)session;
  return CKR_OK;
}

static CK_RV give(CK_ATTRIBUTE_PTR attribute, const void *value, CK_ULONG length) {
  if (attribute->pValue) {
    if (attribute->ulValueLen < length) return CKR_BUFFER_TOO_SMALL;
    memcpy(attribute->pValue, value, length);
  }
  attribute->ulValueLen = length;
  return CKR_OK;
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  (void)session; (void)object;
  MISBEHAVE();
  static unsigned char certificate[16384];
  for (CK_ULONG index = 0; index < count; index++) {
    CK_ATTRIBUTE_PTR attribute = &template[index];
    CK_RV rv = CKR_OK;
    if (orders("garbage", __func__)) {
      attribute->ulValueLen = 0x7fffffffffffff00UL;
      continue;
    }
    switch (attribute->type) {
      case CKA_VALUE: rv = give(attribute, certificate, read_file("certificate.der", certificate, sizeof certificate)); break;
      case CKA_ID: rv = give(attribute, "\x01", 1); break;
      case CKA_LABEL: rv = give(attribute, "faulty", 6); break;
      default: attribute->ulValueLen = (CK_ULONG)-1; return CKR_ATTRIBUTE_TYPE_INVALID;
    }
    if (rv != CKR_OK) return rv;
  }
  return CKR_OK;
}

CK_RV C_SignInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  (void)session; (void)key;
  MISBEHAVE();
  if (!logged_in) return CKR_USER_NOT_LOGGED_IN;
  return mechanism->mechanism == CKM_RSA_PKCS ? CKR_OK : CKR_MECHANISM_INVALID;
}

CK_RV C_Sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_length, CK_BYTE_PTR signature, CK_ULONG_PTR length) {
  (void)session; (void)data; (void)data_length;
  MISBEHAVE();
  if (orders("garbage", __func__)) {
    *length = 0x7fffff00UL;
    return CKR_OK;
  }
  if (*length < SIGNATURE_BYTES) return CKR_BUFFER_TOO_SMALL;
  memset(signature, 0xa5, SIGNATURE_BYTES);
  *length = SIGNATURE_BYTES;
  return CKR_OK;
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  (void)session; (void)key; (void)mechanism;
  MISBEHAVE();
  return logged_in ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

/* The first byte of the ciphertext says what goes wrong, as padding would. */
CK_RV C_Decrypt(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR plain, CK_ULONG_PTR plain_length) {
  static const CK_RV failures[] = {CKR_ENCRYPTED_DATA_INVALID, CKR_ENCRYPTED_DATA_LEN_RANGE, CKR_GENERAL_ERROR,
                                   CKR_FUNCTION_FAILED, CKR_DATA_INVALID, CKR_BUFFER_TOO_SMALL, CKR_DEVICE_ERROR, 0x80001234UL};
  (void)session; (void)length; (void)plain;
  MISBEHAVE();
  if (data[0] < sizeof failures / sizeof failures[0]) return failures[data[0]];
  *plain_length = 0;
  return CKR_OK;
}

CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved) {
  (void)flags; (void)slot; (void)reserved;
  MISBEHAVE();
  return CKR_FUNCTION_NOT_SUPPORTED;
}

static CK_FUNCTION_LIST functions;

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  functions.version.major = 2;
  functions.version.minor = 40;
  functions.C_Initialize = C_Initialize;
  functions.C_Finalize = C_Finalize;
  functions.C_GetInfo = C_GetInfo;
  functions.C_GetFunctionList = C_GetFunctionList;
  functions.C_GetSlotList = C_GetSlotList;
  functions.C_GetSlotInfo = C_GetSlotInfo;
  functions.C_GetTokenInfo = C_GetTokenInfo;
  functions.C_GetMechanismList = C_GetMechanismList;
  functions.C_OpenSession = C_OpenSession;
  functions.C_CloseSession = C_CloseSession;
  functions.C_Login = C_Login;
  functions.C_Logout = C_Logout;
  functions.C_SetPIN = C_SetPIN;
  functions.C_InitPIN = C_InitPIN;
  functions.C_FindObjectsInit = C_FindObjectsInit;
  functions.C_FindObjects = C_FindObjects;
  functions.C_FindObjectsFinal = C_FindObjectsFinal;
  functions.C_GetAttributeValue = C_GetAttributeValue;
  functions.C_SignInit = C_SignInit;
  functions.C_Sign = C_Sign;
  functions.C_DecryptInit = C_DecryptInit;
  functions.C_Decrypt = C_Decrypt;
  functions.C_WaitForSlotEvent = C_WaitForSlotEvent;
  *list = &functions;
  return CKR_OK;
}
