import { icons } from 'preview-icons';
import type { ReactNode, Ref, SVGProps } from 'react';
import { useEffect } from 'react';

interface Props extends SVGProps<SVGSVGElement> {
  /** A path that ends in `unicons/NAME.svg`. */
  readonly src: string;
  readonly innerRef?: Ref<SVGSVGElement>;
  readonly title?: string;
  readonly loader?: ReactNode;
}

/** In place of react-inlinesvg, which fetches: the icons are in the bundle. */
const InlineSvg = ({ src, innerRef, title, loader: _, onLoad, onError: __, ...props }: Props): ReactNode => {
  const [, name = ''] = /([^/]+\/[^/]+)\.svg$/.exec(src) ?? [];
  const icon = icons[name];
  // biome-ignore lint/correctness/useExhaustiveDependencies: loaded once for each source
  useEffect(() => {
    (onLoad as ((source: string) => void) | undefined)?.(src);
  }, [src]);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      viewBox={icon?.viewBox ?? '0 0 24 24'}
      ref={innerRef}
      {...props}
      {...(title ? { role: 'img', 'aria-label': title } : {})}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: files of a package
      dangerouslySetInnerHTML={{ __html: icon?.content ?? '' }}
    />
  );
};

// biome-ignore lint/style/noDefaultExport: as the package that it stands for
export default InlineSvg;
