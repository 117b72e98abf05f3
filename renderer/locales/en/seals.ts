import type { Translation } from '../translation.ts'
import type * as source from '../zh-cn/seals.ts'

export const seals: Translation<typeof source.seals> = {
  title: 'Seals',
  subtitle: 'Pictures of seals for your files, used at their real size.',
  add: 'Add a seal',
  empty: 'No seals yet',
  emptyHint: 'Add the picture of a seal (PNG or JPEG). A PNG with a transparent ground looks best on text.',
  size: '{{width}} × {{height}} mm',
  created: 'Added {{date}}',
  picture: 'Picture of {{name}}',
  pictureFailed: 'The picture could not be read',
  trueSize: 'Shown in true proportion',
  addForm: {
    title: 'Add a seal',
    name: 'Name of the seal',
    nameHint: 'For example: Company seal',
    nameRequired: 'Enter a name',
    nameTooLong: 'At most 60 characters',
    width: 'Width of the seal (mm)',
    widthHint:
      'Measure the real one. Round company seals are usually 40 or 42 mm, personal seals 18 to 25 mm. The height follows from the picture.',
    widthRange: '5 to 200 mm',
    choose: 'Choose the picture and add',
    choosing: 'Choose a picture in the window that opened …',
    suggestions: [
      'Company seal',
      'Contract seal',
      'Finance seal',
      'Invoice seal',
      'Legal representative’s signature',
      'Legal representative’s seal',
      'Personal signature',
      'Personal seal',
    ],
  },
  added: '“{{name}}” was added',
  removeConfirm: 'Remove “{{name}}”?',
  removeHint: 'This computer can no longer use it. Files already sealed stay as they are.',
  removed: '“{{name}}” was removed',
}
