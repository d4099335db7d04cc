type Shown = { show: () => void; hide: () => void };

type PanelModule = { mount: (root: HTMLElement, page: Page) => Shown };

type Page = { store: Store; session: Session; scheduler: DrawScheduler };

/** Without `load`, it is part of the page. */
type Panel = { name: string; title: string; load?: () => Promise<PanelModule>; style?: string };

/** Works only between show and hide. */
type Section = Shown & { root: HTMLElement };
