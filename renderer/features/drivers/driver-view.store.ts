import { create } from 'zustand'

interface DriverView {
  readonly isNotInstalledShown: boolean
  readonly toggle: () => void
}

/** The driver map knows many vendors; most of them are not on this computer and stay out of sight until asked for. */
export const useDriverView = create<DriverView>((set) => ({
  isNotInstalledShown: false,
  toggle: () => set((view) => ({ isNotInstalledShown: !view.isNotInstalledShown })),
}))
